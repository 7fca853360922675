#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "engine/graph.h"
#include "nets/table.h"

namespace gradus {

/// What there is to know of a layer without running it.
struct LayerFacts {
    std::string name;
    LayerKind kind = LayerKind::relu;
    Shape shape = {};             // of its output, for one picture
    int receptive_field = 0;      // pixels of the picture, across, that one value depends on; 0: all of them
    int stride = 0;               // pixels of the picture between neighboring values; 0: there is only one
    int start = 0;                // the first pixel, of a row or column, that value 0 depends on; negative: in a border
    std::int64_t parameters = 0;  // weights and biases
    double flops = 0;             // a multiplication and an addition are two
};

/// The layers of a net for a picture of height x width, in the order of the table. Layers that only pictures of another
/// size reach (the classifier of VGG) are left out.
///
/// cost      recording: no weights are read, nothing is computed
/// throws    when the picture is too small for the net
std::vector<LayerFacts> describe(const NetTable& table, int height, int width);

/// The net as a drawing for `dot`: a box a layer, with its shape.
std::string dot(const NetTable& table, int height, int width);

/// The ops as recorded: the net as far as `layer`, and the gradient of half the mean square of that layer with respect
/// to the picture.
std::string dot_with_backward(const NetTable& table, int height, int width, const std::string& layer);

}  // namespace gradus
