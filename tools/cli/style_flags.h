#pragma once
#include <string>
#include <vector>

#include "tools/cli/common.h"
#include "tools/cli/search_flags.h"
#include "tools/techniques/style.h"

namespace gradus {

/// What `gradus style` is told about its losses and sizes, as it stands on the command line.
struct StyleFlags {
    std::vector<std::string> content_layers = {}, style_layers = {};  // NAME or NAME=WEIGHT; none: the usual ones
    double content_weight = 5, style_weight = 500, mean_weight = 0, tv_weight = 1e-3;
    std::string content_loss = "neural-style", style_loss = "neural-style", tv = "squared", pooling = "max",
                edges = "zero";
    double style_scale = 1;
    int size = 512, smallest = 0, further_steps = 0;
    double growth = 1.4142;
    std::string init = "content", match_colors = "none", preset = {};
    std::string memory = "none";
    bool original_colors = false, free_values = false, unit_means = false;
};

void add_style_flags(Command& command, StyleFlags& flags);
/// Layers and losses, without those of the content.
void add_style_losses(Command& command, StyleFlags& flags);
/// Optimizer, steps, and what is written besides.
void add_style_search(Command& command, StyleFlags& flags, SearchFlags& search);

/// Fills in what the preset says, where nothing else was given, and the layers that are usual for the net.
///
/// throws    for nets without usual layers
void settle(StyleFlags& flags, SearchFlags& search, const Command& command, const NetTable& table);

/// The net with the pools, edges and means that the flags ask for.
Net formed(const Net& net, const StyleFlags& flags);

/// The style layers alone.
void settle_style_layers(StyleFlags& flags, const Command& command, const NetTable& table);

/// throws    for layers and weights that cannot be read
StyleOptions style_options(const StyleFlags& flags, const SearchFlags& search, const CommonOptions& common);

}  // namespace gradus
