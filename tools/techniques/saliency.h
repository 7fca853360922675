#pragma once
#include <optional>
#include <string>
#include <vector>

#include "tools/techniques/baseline.h"
#include "tools/techniques/occlusion.h"
#include "tools/techniques/unit_values.h"

namespace gradus {

/// The ways to ask which pixels a unit's value comes from.
enum class SaliencyMethod {
    gradient,
    gradient_x_input,
    integrated_gradients,
    smoothgrad,
    guided_backprop,
    deconvnet,
    grad_cam,
    guided_grad_cam,
    occlusion
};

/// All of them, in this order, by the names that the command line has for them: "gradient-x-input".
const std::vector<std::string>& saliency_methods();

/// throws    "saliency: no method "gradcam"; the nearest is "grad-cam""
SaliencyMethod saliency_method(const std::string& name);

struct SaliencyOptions {
    int samples = 0;                      // of integrated gradients and SmoothGrad; 0: 200 and 50
    float sigma = 0.15f;                  // of SmoothGrad's noise, as a share of the picture's range
    Baseline baseline = Baseline::black;  // of integrated gradients and gradient x input
    OcclusionOptions occlusion = {};      // hidden behind the net's mean color
    std::optional<std::string> cam = {};  // the layer that Grad-CAM looks at; else the last with places (cam_layer)
    std::uint64_t seed = 0;               // of the noise
};

struct SaliencyMap {
    Tensor values;     // (1,H,W,3), signed, one value a color; of Grad-CAM and occlusion (1,H,W,1)
    std::string note;  // what else there is to say: "sum 11.97 of 12.04"
};

/// How much each pixel of a picture counts for a unit, by one method.
///
/// shapes    picture (1,H,W,3)
/// units     the gradients: of the unit, per 0..1 of a pixel; gradient x input, integrated gradients and occlusion: of
///           the unit; guided backpropagation, deconvnet and (guided) Grad-CAM have none
/// cost      one forward and backward pass; integrated gradients and SmoothGrad as many as samples; occlusion one
///           forward pass a square
/// throws    what the methods do, each in its own file
SaliencyMap saliency_map(const NetRun& run, const Unit& unit, const Tensor& picture, SaliencyMethod method,
                         const SaliencyOptions& options = {});

}  // namespace gradus
