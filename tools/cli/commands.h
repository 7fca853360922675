#pragma once

namespace CLI {
class App;
}

namespace gradus {

// One function a command, each in its own file: it adds the command with its options to the application, and what the
// command does runs when the command line has been parsed.
void add_dream(CLI::App& app);
void add_classify(CLI::App& app);
void add_layers(CLI::App& app);
void add_weights(CLI::App& app);
void add_explain(CLI::App& app);
void add_doctor(CLI::App& app);

}  // namespace gradus
