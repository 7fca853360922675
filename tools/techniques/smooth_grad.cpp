#include "tools/techniques/smooth_grad.h"

#include <algorithm>

#include "ops/random.h"
#include "tools/techniques/values.h"

namespace gradus {

Tensor smooth_grad(const NetRun& run, const Unit& unit, const Tensor& picture, const SmoothGradOptions& o) {
    const auto values = picture.values<float>();
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const float sigma = o.sigma * (*most - *least);
    return mean_gradient(run, unit, o.samples, batch_of(o.samples, picture.shape()),
                         [&](Graph& graph, const Sampling& s) {
                             const Var copies = graph.leaf(repeated(picture, s.batch), "picture");
                             const RandomKey key{.stream = "smooth", .seed = o.seed, .step = s.step};
                             return add(copies, random_normal(copies.shape(), key, 0, sigma));
                         });
}

}  // namespace gradus
