#include "tools/techniques/saliency.h"

#include <algorithm>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "tools/techniques/grad_cam.h"
#include "tools/techniques/integrated_gradients.h"
#include "tools/techniques/smooth_grad.h"
#include "tools/techniques/values.h"

namespace gradus {
namespace {

SaliencyMap integrated(const NetRun& run, const Unit& unit, const Tensor& picture, const Tensor& baseline,
                       int samples) {
    const IntegratedGradients result = integrated_gradients(run, unit, picture, baseline, samples);
    return {result.map, fmt::format("sums to {:.4g}; from the baseline to the picture the unit gains {:.4g}",
                                    result.sum, result.difference)};
}

Tensor cam_of(const NetRun& run, const Unit& unit, const Tensor& picture, const SaliencyOptions& o) {
    const auto side = [&](std::size_t axis) { return static_cast<int>(picture.shape()[axis]); };
    return grad_cam(run, unit, picture, o.cam ? *o.cam : cam_layer(run.net.table(), unit.layer, side(1), side(2)));
}

/// What guided backpropagation says, where Grad-CAM says that it matters.
Tensor guided_cam(const Tensor& guided, const Tensor& cam) {
    Tensor map(guided.spec());
    const auto to = map.values_to_write<float>();
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = guided.values<float>()[i] * cam.values<float>()[i / 3];
    return map;
}

}  // namespace

const std::vector<std::string>& saliency_methods() {
    static const std::vector<std::string> names{"gradient",   "gradient-x-input", "integrated-gradients",
                                                "smoothgrad", "guided-backprop",  "deconvnet",
                                                "grad-cam",   "guided-grad-cam",  "occlusion"};
    return names;
}

SaliencyMethod saliency_method(const std::string& name) {
    const auto& names = saliency_methods();
    const auto found = std::find(names.begin(), names.end(), name);
    require(found != names.end(), "saliency: no method {}; {}", in_quotes(name), nearest(name, names));
    return static_cast<SaliencyMethod>(found - names.begin());
}

SaliencyMap saliency_map(const NetRun& run, const Unit& unit, const Tensor& picture, SaliencyMethod method,
                         const SaliencyOptions& o) {
    const auto baseline = [&](Baseline which) { return baseline_of(picture, which, run.net, run.plans); };
    switch (method) {
        case SaliencyMethod::gradient:
            return {unit_gradient(run, unit, picture), ""};
        case SaliencyMethod::gradient_x_input:
            return {product(unit_gradient(run, unit, picture), difference(picture, baseline(o.baseline))), ""};
        case SaliencyMethod::integrated_gradients:
            return integrated(run, unit, picture, baseline(o.baseline), o.samples > 0 ? o.samples : 200);
        case SaliencyMethod::smoothgrad: {
            SmoothGradOptions smooth{.sigma = o.sigma, .seed = o.seed};
            if (o.samples > 0) smooth.samples = o.samples;
            return {smooth_grad(run, unit, picture, smooth), ""};
        }
        case SaliencyMethod::guided_backprop:
            return {unit_gradient(run, unit, picture, ReluRule::guided), ""};
        case SaliencyMethod::deconvnet:
            return {unit_gradient(run, unit, picture, ReluRule::deconvnet), ""};
        case SaliencyMethod::grad_cam:
            return {cam_of(run, unit, picture, o), ""};
        case SaliencyMethod::guided_grad_cam:
            return {guided_cam(unit_gradient(run, unit, picture, ReluRule::guided), cam_of(run, unit, picture, o)), ""};
        case SaliencyMethod::occlusion:
            return {occlusion(run, unit, picture, baseline(Baseline::mean), o.occlusion), ""};
    }
    return {};
}

}  // namespace gradus
