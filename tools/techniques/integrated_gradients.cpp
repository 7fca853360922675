#include "tools/techniques/integrated_gradients.h"

#include <numeric>

#include "ops/arithmetic.h"
#include "tools/techniques/values.h"

namespace gradus {
namespace {

/// The pictures of the first run: b + (i + 1/2) / samples (x - b) for i = 0 ... batch - 1.
Tensor first_pictures(const Tensor& baseline, const Tensor& way, int batch, int samples) {
    Tensor all = repeated(baseline, batch);
    const auto to = all.values_to_write<float>();
    const auto along = way.values<float>();
    for (std::size_t i = 0; i < to.size(); ++i) {
        const auto sample = static_cast<float>(i / along.size());
        to[i] += (sample + 0.5f) / static_cast<float>(samples) * along[i % along.size()];
    }
    return all;
}

}  // namespace

IntegratedGradients integrated_gradients(const NetRun& run, const Unit& unit, const Tensor& picture,
                                         const Tensor& baseline, int samples) {
    const Tensor way = difference(picture, baseline);
    // Later runs start done / samples further along: one number for the whole batch.
    const Tensor gradient =
        mean_gradient(run, unit, samples, batch_of(samples, picture.shape()), [&](Graph& graph, const Sampling& s) {
            const Var first = graph.leaf(first_pictures(baseline, way, s.batch, samples), "first pictures");
            const Var along = graph.leaf(repeated(way, s.batch), "way");
            return add(first, multiply(along, divide(s.done, graph.number(static_cast<float>(samples)))));
        });
    IntegratedGradients result{.map = product(way, gradient)};
    const auto map = result.map.values<float>();
    result.sum = std::accumulate(map.begin(), map.end(), 0.0);
    result.difference = static_cast<double>(values_of_unit(run, unit, picture)[0]) -
                        static_cast<double>(values_of_unit(run, unit, baseline)[0]);
    return result;
}

}  // namespace gradus
