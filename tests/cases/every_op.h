#pragma once
// Every op of the engine, and every gradient, on small shapes.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/graph.h"
#include "ops/adam_step.h"
#include "ops/affine_matrix.h"
#include "ops/affine_sample.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/avg_pool2d.h"
#include "ops/batch_norm.h"
#include "ops/best_match.h"
#include "ops/broadcast.h"
#include "ops/cast.h"
#include "ops/channel_affine.h"
#include "ops/concat.h"
#include "ops/conv2d.h"
#include "ops/crop.h"
#include "ops/cross_entropy.h"
#include "ops/drop_lowest.h"
#include "ops/dropout.h"
#include "ops/flip.h"
#include "ops/gate.h"
#include "ops/gaussian_blur.h"
#include "ops/global_avg_pool.h"
#include "ops/gram.h"
#include "ops/increment.h"
#include "ops/largest.h"
#include "ops/latch.h"
#include "ops/lbfgs.h"
#include "ops/linear.h"
#include "ops/lookup.h"
#include "ops/lrn.h"
#include "ops/matmul.h"
#include "ops/max_pool2d.h"
#include "ops/momentum_step.h"
#include "ops/normalized_ascent_step.h"
#include "ops/note.h"
#include "ops/pad.h"
#include "ops/pick.h"
#include "ops/pin.h"
#include "ops/pointwise.h"
#include "ops/random.h"
#include "ops/real_dft.h"
#include "ops/reduce.h"
#include "ops/relu.h"
#include "ops/reshape.h"
#include "ops/resize.h"
#include "ops/rmsprop_step.h"
#include "ops/roll.h"
#include "ops/slice.h"
#include "ops/slice_channels.h"
#include "ops/softmax.h"
#include "ops/total_variation.h"
#include "ops/transpose.h"

namespace gradus::cases {

using Inputs = std::vector<Var>;

struct EveryOpCase {
    std::string name;
    std::vector<Shape> shapes = {};  // of the inputs; their values lie in the domain of every function
    std::function<Var(Graph&, const Inputs&)> record;
    std::vector<int> differentiable = {0};  // the inputs to differentiate the sum of the result by
    bool bf16 = true;                       // also with the first input in bf16; the others stay f32
};

/// A leaf of whole numbers: labels, offsets, steps.
inline Var whole_numbers(Graph& g, Shape shape, const std::vector<std::int32_t>& values) {
    Tensor t(Spec(std::move(shape), DType::i32));
    std::copy(values.begin(), values.end(), t.values_to_write<std::int32_t>().begin());
    return g.leaf(t);
}

inline std::vector<EveryOpCase> every_op() {
    const Shape picture{2, 6, 5, 3}, features{1, 6, 6, 8}, matrix{4, 6}, wide{1, 4, 4, 64};
    const auto same = [](const Inputs& x) { return cast(x[1], x[0].dtype()); };
    const auto random = [](Graph& g) { return RandomKey{.stream = "test", .step = whole_numbers(g, {1}, {3})}; };
    std::vector<EveryOpCase> all;
    const auto unary = [&](const char* name, const Shape& shape, Var (*f)(Var)) {
        all.push_back({.name = name, .shapes = {shape}, .record = [f](Graph&, const Inputs& x) { return f(x[0]); }});
    };
    // one number to one number
    for (const auto& [name, f] : {std::pair{"abs", &abs},
                                  {"sqrt", &sqrt},
                                  {"exp", &exp},
                                  {"log", &log},
                                  {"sigmoid", &sigmoid},
                                  {"tanh", &tanh}})
        unary(name, picture, f);
    unary("scale", picture, [](Var x) { return scale(x, 3); });
    unary("pow", picture, [](Var x) { return pow(x, 1.5); });
    unary("clip", picture, [](Var x) { return clip(x, 0.3, 0.6); });
    unary("relu", picture, [](Var x) { return relu(x); });
    unary("guided relu", picture, [](Var x) { return relu(x, ReluRule::guided); });
    unary("deconvnet relu", picture, [](Var x) { return relu(x, ReluRule::deconvnet); });
    unary("redirected relu", picture, [](Var x) { return relu(x, ReluRule::redirected); });
    unary("cast", picture, [](Var x) { return cast(x, x.dtype() == DType::f32 ? DType::bf16 : DType::f32); });
    unary("channel_affine", picture, [](Var x) { return channel_affine(x, {255, 254, 253}, {1, 2, 3}, {2, 1, 0}); });
    // two operands
    for (const Shape& second : {picture, Shape{3}, Shape{1}})
        for (const auto& [name, f] : {std::pair{"subtract", &subtract}, {"multiply", &multiply}, {"divide", &divide}})
            all.push_back({.name = name + to_string(second),
                           .shapes = {picture, second},
                           .record = [f = f, same](Graph&, const Inputs& x) { return f(x[0], same(x)); },
                           .differentiable = {0, 1}});
    all.push_back({.name = "add",
                   .shapes = {picture, picture},
                   .record = [same](Graph&, const Inputs& x) { return add(x[0], same(x)); },
                   .differentiable = {0, 1}});
    unary("a sum of gradients", picture, [](Var x) { return add(relu(x), sqrt(x)); });
    // many numbers to few
    for (const auto& [name, f] : {std::pair{"sum", &sum},
                                  {"mean", &mean},
                                  {"sum_squares", &sum_squares},
                                  {"channel_sums", &channel_sums},
                                  {"global_avg_pool", &global_avg_pool}})
        unary(name, picture, f);
    all.push_back({.name = "dot",
                   .shapes = {picture, picture},
                   .record = [same](Graph&, const Inputs& x) { return dot(x[0], same(x)); },
                   .differentiable = {0, 1}});
    for (const TvKind kind : {TvKind::squared, TvKind::l1, TvKind::beta})
        all.push_back({.name = "total_variation", .shapes = {picture}, .record = [kind](Graph&, const Inputs& x) {
                           return total_variation(x[0], {kind, 1.5});
                       }});
    unary("pick", matrix, [](Var x) { return pick(x, {2, 3}); });
    all.push_back({.name = "broadcast", .shapes = {{3}}, .record = [picture](Graph&, const Inputs& x) {
                       return broadcast(x[0], picture);
                   }});
    // values from elsewhere
    unary("reshape", picture, [](Var x) { return reshape(x, {12, 15}); });
    unary("slice", picture, [](Var x) { return slice(x, 1, 2, 3); });
    unary("slice of pictures", picture, [](Var x) { return slice(x, 0, 1, 1); });
    unary("slice_channels", features, [](Var x) { return slice_channels(x, 2, 4); });
    unary("concat", features, [](Var x) { return concat({x, relu(x)}); });
    unary("crop", picture, [](Var x) { return crop(x, 1, 2, 4, 2); });
    unary("flip", picture, [](Var x) { return flip(x, 2); });
    unary("transpose", picture, [](Var x) { return transpose(x); });
    for (const PadMode mode : {PadMode::zero, PadMode::reflect, PadMode::replicate, PadMode::circular})
        all.push_back({.name = "pad", .shapes = {picture}, .record = [mode](Graph&, const Inputs& x) {
                           return pad(x[0], 2, mode);
                       }});
    all.push_back({.name = "roll", .shapes = {picture}, .record = [](Graph& g, const Inputs& x) {
                       return roll(x[0], whole_numbers(g, {2}, {1, -2}));
                   }});
    for (const ResizeKind kind : {ResizeKind::bilinear, ResizeKind::antialias, ResizeKind::lanczos})
        all.push_back({.name = "resize", .shapes = {picture}, .record = [kind](Graph&, const Inputs& x) {
                           return resize(x[0], 4, 9, kind);
                       }});
    unary("affine_sample", picture, [](Var x) { return rotate(x, 10); });
    unary("gaussian_blur", picture, [](Var x) { return gaussian_blur(x, 1.5f, 2); });
    // layers
    all.push_back({.name = "conv2d",
                   .shapes = {features, {16, 8, 3, 3}, {16}},
                   .record = [](Graph&, const Inputs& x) { return conv2d(x[0], x[1], x[2], {.pad = 1}); },
                   .differentiable = {0, 1, 2}});
    all.push_back({.name = "linear",
                   .shapes = {matrix, {5, 6}, {5}},
                   .record = [](Graph&, const Inputs& x) { return linear(x[0], x[1], x[2]); },
                   .differentiable = {0, 1, 2},
                   .bf16 = false});
    unary("max_pool2d", features, [](Var x) { return max_pool2d(x, {.size = 3, .ceil = true}); });
    unary("avg_pool2d", features, [](Var x) { return avg_pool2d(x, {.size = 3, .pad = 1}); });
    for (const bool relu : {false, true})
        all.push_back({.name = "batch_norm",
                       .shapes = {features, {8}, {8}},
                       .record =
                           [relu](Graph&, const Inputs& x) {
                               return batch_norm(x[0], channel_moments(x[0]), x[1], x[2], {.options = {.relu = relu}});
                           },
                       .differentiable = {0, 1, 2}});
    unary("lrn", wide, [](Var x) { return lrn(x); });
    // products, probabilities and matches
    all.push_back({.name = "matmul",
                   .shapes = {matrix, {6, 5}},
                   .record = [](Graph&, const Inputs& x) { return matmul(x[0], x[1]); },
                   .differentiable = {0, 1},
                   .bf16 = false});
    all.push_back({.name = "gram",
                   .shapes = {features},
                   .record = [](Graph&, const Inputs& x) { return gram(x[0]); },
                   .bf16 = false});
    for (const bool inverse : {false, true})
        all.push_back(
            {.name = "real_dft",
             .shapes = {{5, 8, 3}},
             .record = [inverse](Graph&,
                                 const Inputs& x) { return inverse ? inverse_real_dft(x[0], 1) : real_dft(x[0], 1); },
             .bf16 = false});
    all.push_back({.name = "softmax",
                   .shapes = {matrix},
                   .record = [](Graph&, const Inputs& x) { return softmax(x[0]); },
                   .bf16 = false});
    all.push_back({.name = "cross_entropy",
                   .shapes = {matrix},
                   .record =
                       [](Graph& g, const Inputs& x) {
                           return cross_entropy(x[0], whole_numbers(g, {4}, {0, 5, 2, 2}));
                       },
                   .bf16 = false});
    all.push_back({.name = "best_match",
                   .shapes = {features, {7, 8}},
                   .record = [same](Graph&, const Inputs& x) { return best_match(x[0], same(x)); },
                   .differentiable = {}});
    all.push_back({.name = "drop_lowest",
                   .shapes = {picture, picture},
                   .record = [same](Graph&, const Inputs& x) { return drop_lowest(x[0], same(x), 30); },
                   .differentiable = {}});
    // what changes from step to step
    all.push_back({.name = "random_uniform",
                   .record =
                       [random](Graph& g, const Inputs&) {
                           return random_uniform({2, 7}, random(g));
                       },
                   .differentiable = {},
                   .bf16 = false});
    all.push_back({.name = "random_normal",
                   .record =
                       [random](Graph& g, const Inputs&) {
                           return random_normal({2, 7}, random(g));
                       },
                   .differentiable = {},
                   .bf16 = false});
    all.push_back({.name = "random_int",
                   .record =
                       [random](Graph& g, const Inputs&) {
                           return random_int({2, 7}, random(g), -3, 4);
                       },
                   .differentiable = {},
                   .bf16 = false});
    all.push_back({.name = "dropout", .shapes = {picture}, .record = [random](Graph& g, const Inputs& x) {
                       return dropout(x[0], random(g), 0.7);
                   }});
    all.push_back({.name = "increment",
                   .record = [](Graph& g, const Inputs&) { return increment(whole_numbers(g, {1}, {41})); },
                   .differentiable = {},
                   .bf16 = false});
    all.push_back({.name = "lookup",
                   .record =
                       [](Graph& g, const Inputs&) {
                           return lookup(g.leaf(Tensor({3}, {1, 2, 3})), whole_numbers(g, {2}, {1, 7}));
                       },
                   .differentiable = {},
                   .bf16 = false});
    all.push_back({.name = "affine_matrix",
                   .shapes = {{2}, {2}, {2, 2}},
                   .record = [](Graph&, const Inputs& x) { return affine_matrix(x[0], x[1], x[2], 5, 7, 4, 3); },
                   .differentiable = {},
                   .bf16 = false});
    all.push_back(
        {.name = "latch",
         .shapes = {{1}, {1}},
         .record = [](Graph& g, const Inputs& x) { return latch(whole_numbers(g, {1}, {0}), {x[0]}, x[1], 0.5); },
         .differentiable = {},
         .bf16 = false});
    all.push_back({.name = "gate",
                   .shapes = {picture},
                   .record = [](Graph& g, const Inputs& x) { return gate(x[0], whole_numbers(g, {1}, {0})); },
                   .differentiable = {}});
    all.push_back(
        {.name = "note",
         .shapes = {matrix, {1}},
         .record = [](Graph& g,
                      const Inputs& x) { return note(x[0], whole_numbers(g, {1}, {3}), std::vector(6, x[1])); },
         .differentiable = {},
         .bf16 = false});
    all.push_back({.name = "assign",
                   .shapes = {picture},
                   .record = [](Graph&, const Inputs& x) { return assign(x[0], relu(x[0])); },
                   .differentiable = {}});
    // steps of optimizers: a picture and its gradient
    const auto step = [&](const char* name, auto record) {
        all.push_back({.name = name,
                       .shapes = {picture, picture},
                       .record = [record](Graph& g, const Inputs& x) { return record(x[0], x[1], g.number(0.1f)); },
                       .differentiable = {},
                       .bf16 = false});
    };
    step("adam_step", [](Var x, Var dx, Var rate) { return adam_step(x, dx, rate, adam_state(x.spec()))[0]; });
    step("momentum_step", [](Var x, Var dx, Var rate) { return momentum_step(x, dx, rate, zeros(x.spec()))[0]; });
    step("rmsprop_step", [](Var x, Var dx, Var rate) { return rmsprop_step(x, dx, rate, zeros(x.spec()))[0]; });
    step("normalized_ascent_step", [](Var x, Var dx, Var rate) { return normalized_ascent_step(x, dx, rate); });
    step("pin", [](Var x, Var dx, Var) { return pin(dx, x, dx, {0.3, 0.6}); });
    step("largest", [](Var, Var dx, Var) { return largest(dx); });
    step("lbfgs_step", [](Var x, Var dx, Var rate) { return lbfgs_step(x, dx, rate, lbfgs_state(x.spec(), 2))[0]; });
    return all;
}

/// Records a case with its first input in this type, and its gradients. Returns the result, and then these.
inline std::vector<Var> record(Graph& g, const EveryOpCase& c, DType dtype) {
    Inputs in;
    for (const Shape& shape : c.shapes) {
        std::vector<float> values(static_cast<std::size_t>(shape.size()));
        for (std::size_t i = 0; i < values.size(); ++i)  // all over 0.25 .. 0.75
            values[i] = 0.25f + 0.5f * static_cast<float>(i * 40503 % 65536) / 65536;
        in.push_back(g.leaf(Tensor(shape, std::move(values)).to(in.empty() ? dtype : DType::f32)));
    }
    std::vector<Var> made{c.record(g, in)};
    if (c.differentiable.empty()) return made;
    std::vector<Var> by;
    for (const int i : c.differentiable) by.push_back(in[static_cast<std::size_t>(i)]);
    for (const Var d : grad(sum(made[0]), by)) made.push_back(d);
    return made;
}

}  // namespace gradus::cases
