#include "tools/train/stored_start.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>

#include "engine/plan.h"
#include "nets/seeded_weights.h"
#include "tools/search/like.h"

namespace gradus {

Weights start_from(const Net& stored, std::uint64_t seed) {
    return Weights("the start", [stored, seeded = seeded_weights(seed)](const std::string& name, const Shape& shape) {
        const Weights& weights = stored.weights();
        return weights.has(name) && weights[name].shape() == shape ? weights[name] : seeded.tensor(name, shape);
    });
}

namespace {

/// In place: plans hold these tensors already.
void write(Tensor& to, const Tensor& from) {
    const Tensor same = from.to(to.dtype());
    std::memcpy(to.writable(), same.data(), same.spec().bytes());
}

}  // namespace

struct NormStart::Seen {
    explicit Seen(const Weights& weights) : start(weights) {}
    Weights start;
    Graph graph;
    std::map<std::string, Var> moments = {};               // of each convolution, with its bias
    std::map<std::string, std::vector<double>> sums = {};  // of means, then of mean squares
    std::unique_ptr<Plan> plan = {};
    int looks = 0;
};

NormStart::NormStart(const TrainedNet& net, const Weights& start, const Tensor& pictures, const PlanOptions& plans)
    : seen_(std::make_unique<Seen>(start)) {
    const Layers layers = Net(net.table(), start).record(seen_->graph.leaf(pictures));
    std::vector<Var> outputs;
    for (const LayerRow& row : net.table().rows)
        if (row.kind == LayerKind::conv)
            outputs.push_back(seen_->moments[row.name] = channel_moments(wide(layers(row.name))));
    seen_->plan = std::make_unique<Plan>(seen_->graph, outputs, plans);
}
NormStart::~NormStart() = default;

void NormStart::look() {
    seen_->plan->run();
    ++seen_->looks;
    for (const auto& [name, var] : seen_->moments) {
        const Tensor moments = seen_->plan->read(var).to(DType::f64);
        const auto values = moments.values<double>();
        const std::size_t channels = values.size() / 2;
        std::vector<double>& sums = seen_->sums[name];
        sums.resize(values.size());
        for (std::size_t c = 0; c < channels; ++c) {
            sums[c] += values[c];
            sums[channels + c] += values[channels + c] + values[c] * values[c];
        }
    }
}

void NormStart::finish(TrainedNet& net, const std::function<void(Tensor&)>& mean) {
    for (const auto& [name, sums] : seen_->sums) {
        const std::size_t channels = sums.size() / 2;
        Tensor seen(Spec(Shape{2, static_cast<std::int64_t>(channels)}, DType::f64));
        for (std::size_t i = 0; i < sums.size(); ++i) seen.values_to_write<double>()[i] = sums[i] / seen_->looks;
        if (mean) mean(seen);
        const Tensor bias = seen_->start.tensor(name + ".bias", {static_cast<std::int64_t>(channels)}).to(DType::f64);
        Tensor gamma(bias.spec()), beta(bias.spec()), moments(seen.spec());
        for (std::size_t c = 0; c < channels; ++c) {
            const double m = seen.values<double>()[c];
            const double variance = std::max(0.0, seen.values<double>()[channels + c] - m * m);
            gamma.values_to_write<double>()[c] = std::sqrt(variance + BatchNorm{}.options.eps);
            beta.values_to_write<double>()[c] = m;
            moments.values_to_write<double>()[c] = m - bias.values<double>()[c];
            moments.values_to_write<double>()[channels + c] = variance;
        }
        write(net.parameters().at(name + ".gamma"), gamma);
        write(net.parameters().at(name + ".beta"), beta);
        write(net.moments().at(name + ".moments"), moments);
    }
}

}  // namespace gradus
