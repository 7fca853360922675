#include "ops/conv2d.h"

#include "engine/require.h"
#include "ops/conv2d_shape.h"
#include "ops/reduce.h"

namespace gradus {

kernels::Conv2dShape conv2d_shape(const Conv2dAttrs& a) {
    const Conv2dOptions& o = a.options;
    const auto out = [](std::int64_t in, std::int64_t taps, int stride, int pad, int dilation) {
        const std::int64_t window = dilation * (taps - 1) + 1;
        return in + 2 * pad < window ? 0 : (in + 2 * pad - window) / stride + 1;
    };
    return {.N = a.x[0],
            .H = a.x[1],
            .W = a.x[2],
            .C = a.x[3],
            .K = a.w[0],
            .R = a.w[2],
            .S = a.w[3],
            .P = out(a.x[1], a.w[2], o.stride.h, o.pad.h, o.dilation.h),
            .Q = out(a.x[2], a.w[3], o.stride.w, o.pad.w, o.dilation.w),
            .stride_h = o.stride.h,
            .stride_w = o.stride.w,
            .pad_h = o.pad.h,
            .pad_w = o.pad.w,
            .dilation_h = o.dilation.h,
            .dilation_w = o.dilation.w,
            .groups = o.groups};
}

Cost conv2d_cost(const Problem& p) {
    const kernels::Conv2dShape s = conv2d_shape(p);
    Cost cost;
    cost.flops = 2.0 * static_cast<double>(s.N * s.P * s.Q * s.K * s.R * s.S) * static_cast<double>(s.C / s.groups);
    for (const auto* specs : {&p.in, &p.out})
        for (const Spec& spec : *specs)
            cost.bytes += static_cast<double>(spec.shape.size()) * static_cast<double>(size_of(spec.dtype));
    return cost;
}

namespace {

DType weight_type(DType x) { return x == DType::f64 ? DType::f64 : DType::f32; }

void check(const Problem& p) {
    const Conv2dAttrs& a = p.as<Conv2dAttrs>();
    const Conv2dOptions& o = a.options;
    const Spec &x = p.in[0], &w = p.in[1];
    require(x.shape.rank() == 4 && w.shape.rank() == 4,
            "conv2d: was given x {} and w {}, expected x (N,H,W,C) and w (K,C,R,S)", to_string(x.shape),
            to_string(w.shape));
    require(
        o.stride.h > 0 && o.stride.w > 0 && o.dilation.h > 0 && o.dilation.w > 0 && o.pad.h >= 0 && o.pad.w >= 0,
        "conv2d: stride ({}, {}), dilation ({}, {}) and pad ({}, {}), expected positive ones and a pad of at least 0",
        o.stride.h, o.stride.w, o.dilation.h, o.dilation.w, o.pad.h, o.pad.w);
    require(o.groups > 0 && x.shape[3] % o.groups == 0 && w.shape[0] % o.groups == 0,
            "conv2d: {} input and {} output channels cannot be split into {} groups", x.shape[3], w.shape[0], o.groups);
    require(x.shape[3] == w.shape[1] * o.groups, "conv2d: x has {} channels, the filters {} expect {}", x.shape[3],
            to_string(w.shape), w.shape[1] * o.groups);
    for (std::size_t i = 1; i < p.in.size(); ++i)
        require(p.in[i].dtype == weight_type(x.dtype), "conv2d: x is {} and the {} are {}, expected {}",
                to_string(x.dtype), i == 1 ? "filters" : "biases", to_string(p.in[i].dtype),
                to_string(weight_type(x.dtype)));
    require(p.in.size() < 3 || p.in[2].shape == Shape{w.shape[0]}, "conv2d: the bias has shape {}, expected ({})",
            p.in.size() < 3 ? "" : to_string(p.in[2].shape), w.shape[0]);
    const kernels::Conv2dShape s = conv2d_shape(a);
    require(s.P > 0 && s.Q > 0,
            "conv2d: a window of {}x{} with dilation ({}, {}) does not fit into {}x{} with pad ({}, {})", s.R, s.S,
            s.dilation_h, s.dilation_w, s.H, s.W, s.pad_h, s.pad_w);
}

Var input_grad(Var dy, Var w, const Conv2dAttrs& attrs) {
    static const Op op{
        .name = "conv2d_input_grad",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {Spec(p.as<Conv2dAttrs>().x, p.in[0].dtype)}; },
        .candidates = conv2d_input_grad_candidates(),
        .cost = conv2d_cost,
    };
    return call(op, {dy, w}, attrs);
}

Var weight_grad(Var x, Var dy, const Conv2dAttrs& attrs) {
    static const Op op{
        .name = "conv2d_weight_grad",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            return {Spec(p.as<Conv2dAttrs>().w, weight_type(p.in[0].dtype))};
        },
        .candidates = conv2d_weight_grad_candidates(),
        .cost = conv2d_cost,
    };
    return call(op, {x, dy}, attrs);
}

}  // namespace

Var conv2d(Var x, Var w, std::optional<Var> b, Conv2dOptions options) {
    static const Op op{
        .name = "conv2d",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            check(p);
            const kernels::Conv2dShape s = conv2d_shape(p);
            return {Spec(Shape{s.N, s.P, s.Q, s.K}, p.in[0].dtype)};
        },
        .candidates = conv2d_candidates(),
        .cost = conv2d_cost,
        .vjp = [](const VjpArgs& a) -> Gradients {
            const Conv2dAttrs& attrs = a.as<Conv2dAttrs>();
            Gradients d(a.in.size());
            if (a.wanted[0]) d[0] = input_grad(a.dy(), a.in[1], attrs);
            if (a.wanted[1]) d[1] = weight_grad(a.in[0], a.dy(), attrs);
            if (a.in.size() > 2 && a.wanted[2]) d[2] = channel_sums(a.dy());
            return d;
        },
    };
    std::vector<Var> in{x, w};
    if (b) in.push_back(*b);
    return call(op, in, Conv2dAttrs{options, x.shape(), w.shape()});
}

}  // namespace gradus
