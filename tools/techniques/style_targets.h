#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "nets/net.h"
#include "tools/image/image.h"
#include "tools/search/style_objectives.h"

namespace gradus {

/// A picture whose style is wanted.
struct StyleSource {
    Image picture;
    double weight = 1;                // among those that are for the same part of the result
    std::optional<Image> part = {};   // of this picture: its style is that of what is white here
    std::optional<Image> where = {};  // in the result: what is white here gets it; everywhere, if this is not given
};

/// How a picture is looked at for what is to be compared with it: in parts where `memory` bytes are too few for the
/// whole; 0: they are not.
struct TargetOptions {
    DType activations = DType::f32;
    std::size_t memory = 0;
};

/// What layers answer to a picture, and the styles that they see in it, in its part that is white if one is given; by
/// layer.
///
/// cost      a forward pass
std::map<std::string, Tensor> contents_of(const Net& net, const Image& picture, const std::vector<std::string>& layers,
                                          const TargetOptions& options, const PlanOptions& plans);
std::map<std::string, Style> styles_of(const Net& net, const Image& picture, const std::optional<Image>& part,
                                       const std::vector<std::string>& layers, const TargetOptions& options,
                                       const PlanOptions& plans);

}  // namespace gradus
