#pragma once
#include "tools/cli/options.h"

namespace gradus {

// One function a command, each in its own file: it adds the command with its options to the application, and what the
// command does runs when the command line has been parsed.
void add_dream(Command app);
void add_visualize(Command app);
void add_invert(Command app);
void add_climb(Command app);
void add_style(Command app);
void add_texture(Command app);
void add_classify(Command app);
void add_saliency(Command app);
void add_layers(Command app);
void add_weights(Command app);
void add_explain(Command app);
void add_train(Command app);
void add_doctor(Command app);
void add_redo(Command app);
void add_help(Command app);
void add_completion(Command app);

/// All of them.
inline void add_commands(Command app) {
    add_dream(app);
    add_visualize(app);
    add_invert(app);
    add_climb(app);
    add_style(app);
    add_texture(app);
    add_classify(app);
    add_saliency(app);
    add_layers(app);
    add_weights(app);
    add_explain(app);
    add_train(app);
    add_doctor(app);
    add_redo(app);
    add_help(app);
    add_completion(app);
}

}  // namespace gradus
