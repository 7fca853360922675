#include "tools/train/trained_net.h"

#include <algorithm>
#include <cmath>

#include "nets/blank_weights.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/cast.h"
#include "ops/concat.h"
#include "ops/conv2d.h"
#include "ops/dropout.h"
#include "ops/linear.h"
#include "ops/pointwise.h"
#include "ops/reshape.h"
#include "ops/slice.h"

namespace gradus {
namespace {

Tensor own_copy(const Tensor& values, DType dtype) { return Tensor(values.shape(), values.values<float>()).to(dtype); }

Tensor filled(const Shape& shape, float value, DType dtype) {
    return Tensor(shape, std::vector<float>(static_cast<std::size_t>(shape.size()), value)).to(dtype);
}

/// Whether a ReLU, and nothing else, reads a convolution.
bool relu_behind(const NetTable& table, const std::string& conv) {
    int relus = 0;
    for (const LayerRow& row : table.rows) {
        if (std::ranges::find(row.in, conv) == row.in.end()) continue;
        if (row.kind != LayerKind::relu) return false;
        ++relus;
    }
    return relus == 1;
}

/// What a fully connected layer reads: (H,W,C), or (C) where the pixels are gone.
Shape activation(const Shape& in) { return in.rank() == 4 ? Shape{in[1], in[2], in[3]} : Shape{in.channels()}; }

/// The moments of all processes' pixels, of those of one process: means can be averaged, and so can mean squares.
Var of_all(Var moments, const std::function<Var(Var)>& shared) {
    const std::int64_t C = moments.shape().channels();
    const auto row = [&](int first) { return slice(moments, 0, first, 1); };
    const Var mean = shared(row(0)), square = shared(add(row(1), multiply(row(0), row(0))));
    return reshape(concat({mean, subtract(square, multiply(mean, mean))}), {2, C});
}

/// How files keep the weights of a fully connected layer, (K, C H W), of those that linear() reads, (K, H W C).
std::vector<float> channels_first(std::span<const float> weights, const Shape& in) {
    const std::size_t pixels = static_cast<std::size_t>(in.pixels()),
                      channels = static_cast<std::size_t>(in.channels());
    std::vector<float> moved(weights.size());
    for (std::size_t row = 0; row < weights.size(); row += pixels * channels)
        for (std::size_t p = 0; p < pixels; ++p)
            for (std::size_t c = 0; c < channels; ++c) moved[row + c * pixels + p] = weights[row + p * channels + c];
    return moved;
}

}  // namespace

TrainedNet::TrainedNet(const NetTable& table, const Weights& start, const TrainingOptions& options)
    : table_(table), options_(options) {
    Graph graph;
    const auto channels = static_cast<std::int64_t>(table.input.from.size());
    const Var picture = graph.leaf(Tensor(Spec(Shape{1, table.input.size, table.input.size, channels})));
    const Net blank(table, blank_weights());
    const Layers layers = blank.record(picture);
    for (const LayerRow& row : table_.rows) {
        if (row.kind != LayerKind::conv && row.kind != LayerKind::linear) continue;
        const Shape in = layers(row.in[0]).shape();
        const auto put = [&](const std::string& name, const Tensor& values) {
            parameters_[name] = own_copy(values, options_.numbers);
        };
        const std::string weight = row.name + ".weight", bias = row.name + ".bias";
        const bool normalized = row.kind == LayerKind::conv && options_.batch_norm;
        if (row.kind == LayerKind::conv) {
            put(weight, start.tensor(weight, {row.channels, in.channels(), row.size, row.size}));
        } else {
            activations_[row.name] = activation(in);
            put(weight, start.fully_connected(weight, row.channels, activation(in)));
        }
        if (!normalized) {
            put(bias, start.tensor(bias, {row.channels}));
            continue;
        }
        parameters_[row.name + ".gamma"] = filled({row.channels}, 1, options_.numbers);
        parameters_[row.name + ".beta"] = filled({row.channels}, 0, options_.numbers);
        Tensor moments = filled({2, row.channels}, 1, DType::f32);
        std::ranges::fill(moments.values_to_write<float>().first(static_cast<std::size_t>(row.channels)), 0.0f);
        moments_[row.name + ".moments"] = moments.to(options_.numbers);
    }
}

TrainingLayers TrainedNet::record(Var pictures, Var draw) const {
    Graph& graph = *pictures.graph;
    TrainingLayers out;
    const auto parameter = [&](const std::string& name) {
        return out.parameters[name] = graph.leaf(parameters_.at(name), name);
    };
    const auto normalized = [&](const LayerRow& row, Var x) {
        const Var moments = options_.shared ? of_all(channel_moments(x), options_.shared) : channel_moments(x);
        const Tensor kept = moments_.at(row.name + ".moments");
        const Var before = graph.leaf(kept, row.name + ".moments");
        const double rate = options_.moments_rate;
        out.moved.push_back(assign(before, add(scale(before, 1 - rate), scale(moments, rate))));
        return batch_norm(x, moments, parameter(row.name + ".gamma"), parameter(row.name + ".beta"),
                          {.options = {.relu = relu_behind(table_, row.name)}, .shared = options_.shared});
    };
    const auto instead = [&](const LayerRow& row, const std::vector<Var>& in) -> std::optional<Var> {
        const std::string weight = row.name + ".weight", bias = row.name + ".bias";
        if (row.kind == LayerKind::conv) {
            const Conv2dOptions how{.stride = row.stride, .pad = row.pad};
            if (!options_.batch_norm) return conv2d(in[0], parameter(weight), parameter(bias), how);
            return normalized(row, conv2d(in[0], parameter(weight), {}, how));
        }
        // Batch norm has done it.
        if (row.kind == LayerKind::relu && options_.batch_norm && relu_behind(table_, row.in[0]) &&
            table_.find(row.in[0])->kind == LayerKind::conv)
            return in[0];
        if (row.kind == LayerKind::linear) {
            const Shape x = in[0].shape();
            Var flat = x.rank() == 2 ? in[0] : reshape(in[0], {x[0], x.size() / x[0]});
            if (options_.dropout > 0 && flat.shape().channels() == x.channels())
                flat = dropout(
                    flat,
                    {.stream = row.name + ".dropout", .seed = options_.seed, .step = draw, .item = options_.first},
                    1 - options_.dropout);
            return linear(cast(flat, options_.numbers), parameter(weight), parameter(bias));
        }
        return {};
    };
    const Net blank(table_, blank_weights());
    out.scores = blank.record(pictures, {.activations = options_.activations, .instead = instead}).scores();
    return out;
}

std::map<std::string, Tensor> TrainedNet::folded(const std::map<std::string, Tensor>& parameters,
                                                 const std::map<std::string, Tensor>& moments) const {
    const auto numbers = [](const Tensor& t) {
        const Tensor plain = t.to(DType::f32);
        const auto values = plain.values<float>();
        return std::vector<float>(values.begin(), values.end());
    };
    std::map<std::string, Tensor> made;
    for (const LayerRow& row : table_.rows) {
        if (row.kind != LayerKind::conv && row.kind != LayerKind::linear) continue;
        const std::string weight = row.name + ".weight", bias = row.name + ".bias";
        const Tensor& trained = parameters.at(weight);
        std::vector<float> w = numbers(trained), b;
        if (row.kind == LayerKind::linear) {
            w = channels_first(w, activations_.at(row.name));
            b = numbers(parameters.at(bias));
        } else if (!options_.batch_norm) {
            b = numbers(parameters.at(bias));
        } else {
            const std::vector<float> gamma = numbers(parameters.at(row.name + ".gamma")),
                                     mean_and_variance = numbers(moments.at(row.name + ".moments"));
            b = numbers(parameters.at(row.name + ".beta"));
            const std::size_t K = b.size(), each = w.size() / K;
            for (std::size_t k = 0; k < K; ++k) {
                const double factor =
                    static_cast<double>(gamma[k]) /
                    std::sqrt(static_cast<double>(mean_and_variance[K + k]) + BatchNorm{}.options.eps);
                b[k] =
                    static_cast<float>(static_cast<double>(b[k]) - factor * static_cast<double>(mean_and_variance[k]));
                for (std::size_t i = 0; i < each; ++i)
                    w[k * each + i] = static_cast<float>(factor * static_cast<double>(w[k * each + i]));
            }
        }
        made.emplace(weight, Tensor(trained.shape(), w));
        made.emplace(bias, Tensor({row.channels}, b));
    }
    if (const Preprocessing& input = table_.input; !input.mean_picture.empty())  // training subtracts none
        made.emplace(input.mean_picture, filled({1, 1, input.size, input.size}, 0, DType::f32));
    return made;
}

Net net_of(const NetTable& table, const std::map<std::string, Tensor>& weights) {
    const auto made = std::make_shared<const std::map<std::string, Tensor>>(weights);
    return Net(table, Weights("the trained weights",
                              [made](const std::string& name, const Shape&) { return made->at(name); }));
}

}  // namespace gradus
