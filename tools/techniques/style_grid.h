#pragma once
#include <functional>
#include <vector>

#include "tools/techniques/style.h"

namespace gradus {

/// A figure of results, for every choice of style layers and every factor of the content's weight. The options' weights
/// of layers are those of one layer, and are divided by how many there are.
struct StyleGridOptions {
    std::vector<std::vector<WeightedLayer>> rows;
    std::vector<double> columns;
};

/// The cells, row by row, at the last of the options' sizes. All share what the pictures look like to the net, and
/// memory. Stops where the watcher says so, with what is done.
///
/// cost      a search for each cell
/// paper     Gatys, Ecker & Bethge 2016, Image style transfer using convolutional neural networks, figure 3 of its
///           first version
std::vector<StyleResult> style_grid(const Net& net, const Image& photo, const std::vector<StyleSource>& styles,
                                    const StyleOptions& options, const StyleGridOptions& grid, const PlanOptions& plans,
                                    const std::function<bool(int cell, const SearchLook& look)>& watch = {});

/// The first layer, the first two, ..., all of them.
std::vector<std::vector<WeightedLayer>> growing(const std::vector<WeightedLayer>& layers);

}  // namespace gradus
