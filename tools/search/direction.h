#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/tensor.h"

namespace gradus {

/// A direction in the channel space of a layer: how much each channel counts.
struct Direction {
    std::string name = {};                            // "12:1,40:-0.5", or the file that it was read from
    std::vector<std::pair<int, float>> weights = {};  // channel and weight; what is not here counts 0
    int channels = 0;                                 // that the layer must have; 0: enough for these

    bool empty() const { return weights.empty(); }
};

/// "12:1,40:-0.5": channels and their weights, in any order.
///
/// throws    pointing out what is no weight of a channel; for a channel given twice, and where all weights are 0
Direction parse_direction(std::string_view text);

/// A safetensors file of one tensor, (C): a weight for each channel.
///
/// throws    what WeightFile does; for another number of tensors or extents, and where all weights are 0
Direction load_direction(const std::filesystem::path& path);

/// Whichever of both the text is: a name that ends in .safetensors, or the weights themselves.
Direction read_direction(const std::string& text);

/// The weights of all channels of a layer, (C).
///
/// throws    "inception_4c/output: the direction 600:1 has a weight for channel 600, expected 0 to 511"
Tensor vector_of(const Direction& direction, const std::string& layer, std::int64_t channels);

}  // namespace gradus
