#include "ops/total_variation.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "ops/arithmetic.h"
#include "ops/pad.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/slice.h"

namespace gradus {
namespace {

kernels::TvShape tv_shape(const Problem& p) {
    const Shape& x = p.in[0].shape;
    const TvOptions& o = p.as<TvOptions>();
    return {x[0], x[1], x[2], x[3], o.kind, o.beta};
}

std::vector<Spec> infer(const Problem& p) {
    require(p.in[0].shape.rank() == 4, "total_variation: was given {}, expected (N,H,W,C)", to_string(p.in[0]));
    require(p.as<TvOptions>().beta > 0, "total_variation: beta is {}, expected a positive number",
            p.as<TvOptions>().beta);
    return {Spec(Shape{1}, p.in[0].dtype)};
}

Cost cost(const Problem& p) {
    const auto n = static_cast<double>(p.in[0].shape.size());
    return {6 * n, n * static_cast<double>(size_of(p.in[0].dtype))};
}

Gradients gradient(const VjpArgs& a) {
    static const auto run = []<class T>(kernels::TotalVariationBackward<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pointer<const T>(c.in[1]), pixels<T>(c.out[0]), tv_shape(c.problem), c.write,
               c.stream);
    };
    static const Op op{
        .name = "total_variation_backward",
        .infer = like_first,
        .candidates = candidates(run, CUDA(TotalVariationBackward<float>, total_variation_backward),
                                 CPU(TotalVariationBackward<float>, total_variation_backward),
                                 REFERENCE_FOR(TotalVariationBackward, total_variation_backward, float),
                                 REFERENCE_FOR(TotalVariationBackward, total_variation_backward, double)),
        .cost = per_element(12, 2)};
    return {call(op, {a.in[0], a.dy()}, a.attrs)};
}

}  // namespace

Var total_variation(Var x, TvOptions options) {
    if (options.kind == TvKind::nine_point) return nine_point_variation(x);
    static const auto run = []<class T>(kernels::TotalVariation<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pointer<T>(c.out[0]), tv_shape(c.problem), c.scratch, c.stream);
    };
    static const Op op = [] {
        Op made{.name = "total_variation",
                .infer = infer,
                .candidates = candidates(run, CUDA(TotalVariation<float>, total_variation),
                                         CPU(TotalVariation<float>, total_variation),
                                         REFERENCE_FOR(TotalVariation, total_variation, float),
                                         REFERENCE_FOR(TotalVariation, total_variation, double)),
                .cost = cost,
                .vjp = gradient};
        for (Candidate& c : made.candidates)
            if (c.name == "cpu")
                c.scratch = [](const Problem& p, void*) { return kernels::tv_scratch(tv_shape(p)); };
            else if (c.on != DeviceKind::cpu)
                c.scratch = [](const Problem& p, void*) {
                    return static_cast<std::size_t>(kernels::cuda_tv_blocks(tv_shape(p))) * sizeof(double);
                };
        return made;
    }();
    return call(op, {x}, options);
}

Var nine_point_variation(Var x, const std::optional<Var>& counts) {
    require(x.shape().rank() == 4, "nine_point_variation: was given {}, expected (N,H,W,C)", to_string(x.shape()));
    const auto H = static_cast<int>(x.shape()[1]), W = static_cast<int>(x.shape()[2]);
    /// A part of a picture with a frame of one pixel.
    struct Part {
        int top, left;
    };
    const auto part = [](Var framed, Part p, int height, int width) {
        return slice(slice(framed, 1, p.top, height), 2, p.left, width);
    };
    const auto framed = [](Var v) { return pad(v, 1, PadMode::replicate); };
    Var around = framed(x);
    const auto mean_square = [&](Part from, Part to, int height, int width) {
        Var d = subtract(part(around, to, height, width), part(around, from, height, width));
        if (counts) {
            Var both = framed(*counts);
            d = multiply(d, multiply(part(both, to, height, width), part(both, from, height, width)));
        }
        return scale(sum_squares(d), 1 / static_cast<double>(d.shape().size()));
    };
    Var sides = add(mean_square({1, 1}, {1, 2}, H, W), mean_square({1, 1}, {2, 1}, H, W));
    Var corners = add(mean_square({0, 0}, {1, 1}, H + 1, W + 1), mean_square({0, 1}, {1, 0}, H + 1, W + 1));
    return add(scale(sides, 2.0 / 3), scale(corners, 2.0 / 12));
}

}  // namespace gradus
