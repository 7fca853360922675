#pragma once
#include "tools/cli/checkpoints.h"
#include "tools/cli/common.h"
#include "tools/search/search.h"

namespace gradus {

/// The options of every command that searches for a picture. What a command sets before it adds them are its defaults.
struct SearchFlags {
    std::string written = "fourier";
    std::string transforms = "robust";
    int jitter = 16;  // of the transform of that name
    std::string optimizer = "adam";
    std::string rate = {};  // empty: the optimizer's own
    double beta2 = 0.999;   // of Adam
    double average = 0;     // of the pictures of all steps: a decay
    int history = 20;       // of L-BFGS
    int steps = 512;
    float tv = 0, alpha = 0, l1 = 0, roughness = 0;
    int save_every = 0;
    std::string report = {};
    CheckpointFlags checkpoints = {};

    bool along_lines() const { return optimizer == "wolfe"; }
};

void add_search_flags(Command& command, SearchFlags& flags);

/// Refuses options that do not go with the optimizer; asked before a run starts.
void check_search(const Command& command, const SearchFlags& flags);

/// The options whose defaults mean nothing beside others of these, and would be refused if a recipe gave them.
std::vector<std::string> unsaid(const SearchFlags& flags);

/// ", and a smaller --rate may help", where the search has one.
std::string smaller_rate(const SearchFlags& flags);

/// "17 steps of 19 evaluations, all steps were taken"; the evaluations only where they are more than the steps.
std::string how_it_ended(int steps, int evaluations, SearchEnd end);

/// The search that they describe.
SearchOptions search_options(const SearchFlags& flags, const CommonOptions& common);

/// Whether the files can be written that a run is to leave besides its picture: asked before it starts.
void check_outputs(const SearchFlags& flags);

/// The options that name one file, with what they were given, which a folder of photographs cannot have.
std::vector<std::pair<std::string, std::string>> for_one(const SearchFlags& flags, const CommonOptions& common);

/// The costs that they weigh; no terms where they are all 0.
Objective costs(const SearchFlags& flags);

/// How often a search must be looked at so that none of the pictures that --save-every asks for is missed, where they
/// are counted on through stages of so many steps; nothing where it is looked at after each step anyhow.
std::optional<int> look_every(int save_every, int steps, const CommonOptions& common);

}  // namespace gradus
