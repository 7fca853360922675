#include "ops/batch_norm.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "ops/arithmetic.h"
#include "ops/pointwise.h"
#include "ops/reshape.h"
#include "ops/slice.h"

namespace gradus {
namespace {

DType number_type(DType x) { return x == DType::f64 ? DType::f64 : DType::f32; }

/// Two sums for each channel, in double, for each block or share of the pixels.
std::vector<Candidate> with_sums(std::vector<Candidate> list) {
    for (Candidate& c : list) {
        if (c.name == "reference") continue;
        c.scratch = [on = c.on](const Problem& p, void*) {
            const std::int64_t pixels = p.in[0].shape.pixels(), C = p.in[0].shape.channels();
            const std::int64_t shares =
                on == DeviceKind::cpu ? kernels::reduce_blocks(pixels, C) : kernels::cuda_channel_shares(pixels, C);
            return static_cast<std::size_t>(2 * shares * C) * sizeof(double);
        };
    }
    return list;
}

std::vector<Spec> two_per_channel(const Problem& p) {
    return {Spec(Shape{2, p.in[0].shape.channels()}, number_type(p.in[0].dtype))};
}

kernels::BatchNormShape shape_of(const Problem& p) {
    return {p.in[0].shape.pixels(), p.in[0].shape.channels(), p.as<BatchNorm>().options};
}

/// Flops per value of x, and how many tensors like it are read or written.
std::function<Cost(const Problem&)> cost(double flops, double tensors) {
    return [=](const Problem& p) {
        return Cost{flops * static_cast<double>(p.in[0].shape.size()), tensors * static_cast<double>(p.in[0].bytes())};
    };
}

std::vector<Spec> infer(const Problem& p) {
    const Spec &x = p.in[0], &moments = p.in[1];
    const std::int64_t C = x.shape.channels();
    const auto fits = [&](const Spec& s, const Shape& shape) {
        return s.shape == shape && s.dtype == number_type(x.dtype);
    };
    require(fits(moments, Shape{2, C}) && fits(p.in[2], Shape{C}) && fits(p.in[3], Shape{C}),
            "batch_norm: was given {} with the moments {}, gamma {} and beta {}, expected (2,{}), ({}) and ({})",
            to_string(x), to_string(moments), to_string(p.in[2]), to_string(p.in[3]), C, C, C);
    return like_first(p);
}

/// The means of g and of g times the normalized x, (2,C).
Var slope_means(Var x, Var dy, Var moments, Var gamma, Var beta, const BatchNorm& how) {
    static const auto run = []<class T>(kernels::BatchNormSums<T>* kernel, const Call& c) {
        using N = kernels::Compute<T>;
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pointer<const N>(c.in[2]), pointer<const N>(c.in[3]),
               pointer<const N>(c.in[4]), pointer<N>(c.out[0]), shape_of(c.problem), c.scratch, c.stream);
    };
    static const Op op{
        .name = "batch_norm_sums",
        .infer = two_per_channel,
        .candidates =
            with_sums(candidates(run, CUDA(BatchNormSums<float>, batch_norm_sums),
                                 CUDA(BatchNormSums<bf16>, batch_norm_sums), CPU(BatchNormSums<float>, batch_norm_sums),
                                 CPU(BatchNormSums<bf16>, batch_norm_sums), REFERENCE(BatchNormSums, batch_norm_sums))),
        .cost = cost(6, 2),
    };
    return call(op, {x, dy, moments, gamma, beta}, how);
}

Var backward(Var x, Var dy, Var moments, Var gamma, Var beta, Var means, const BatchNorm& how) {
    static const auto run = []<class T>(kernels::BatchNormBackward<T>* kernel, const Call& c) {
        using N = kernels::Compute<T>;
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pointer<const N>(c.in[2]), pointer<const N>(c.in[3]),
               pointer<const N>(c.in[4]), pointer<const N>(c.in[5]), pixels<T>(c.out[0]), shape_of(c.problem), c.write,
               c.stream);
    };
    static const Op op{
        .name = "batch_norm_backward",
        .infer = like_first,
        .candidates = candidates(
            run, CUDA(BatchNormBackward<float>, batch_norm_backward),
            CUDA(BatchNormBackward<bf16>, batch_norm_backward), CPU(BatchNormBackward<float>, batch_norm_backward),
            CPU(BatchNormBackward<bf16>, batch_norm_backward), REFERENCE(BatchNormBackward, batch_norm_backward)),
        .cost = cost(7, 3),
        .in_place = {1},
    };
    return call(op, {x, dy, moments, gamma, beta, means}, how);
}

Gradients gradient(const VjpArgs& a) {
    const Var x = a.in[0], moments = a.in[1], gamma = a.in[2], beta = a.in[3];
    const BatchNorm& how = a.as<BatchNorm>();
    const Var means = slope_means(x, a.dy(), moments, gamma, beta, how);
    const std::int64_t C = x.shape().channels();
    const auto row = [&](int first) {
        return scale(reshape(slice(means, 0, first, 1), {C}), static_cast<double>(x.shape().pixels()));
    };
    Gradients d(4);
    if (a.wanted[0]) d[0] = backward(x, a.dy(), moments, gamma, beta, how.shared ? how.shared(means) : means, how);
    if (a.wanted[2]) d[2] = row(1);
    if (a.wanted[3]) d[3] = row(0);
    return d;
}

}  // namespace

Var channel_moments(Var x) {
    static const auto run = []<class T>(kernels::ChannelMoments<T>* kernel, const Call& c) {
        const Shape& shape = c.in[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pointer<kernels::Compute<T>>(c.out[0]), shape.pixels(), shape.channels(),
               c.scratch, c.stream);
    };
    static const Op op{
        .name = "channel_moments",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require(p.in[0].shape.size() > 0, "channel_moments: was given {}, expected at least one pixel",
                    to_string(p.in[0]));
            return two_per_channel(p);
        },
        .candidates = with_sums(
            candidates(run, CUDA(ChannelMoments<float>, channel_moments), CUDA(ChannelMoments<bf16>, channel_moments),
                       CPU(ChannelMoments<float>, channel_moments), CPU(ChannelMoments<bf16>, channel_moments),
                       REFERENCE(ChannelMoments, channel_moments))),
        .cost = cost(4, 1),
    };
    return call(op, {x});
}

Var batch_norm(Var x, Var moments, Var gamma, Var beta, const BatchNorm& how) {
    static const auto run = []<class T>(kernels::BatchNorm<T>* kernel, const Call& c) {
        using N = kernels::Compute<T>;
        kernel(pixels<const T>(c.in[0]), pointer<const N>(c.in[1]), pointer<const N>(c.in[2]),
               pointer<const N>(c.in[3]), pixels<T>(c.out[0]), shape_of(c.problem), c.stream);
    };
    static const Op op{
        .name = "batch_norm",
        .infer = infer,
        .candidates = candidates(run, CUDA(BatchNorm<float>, batch_norm), CUDA(BatchNorm<bf16>, batch_norm),
                                 CPU(BatchNorm<float>, batch_norm), CPU(BatchNorm<bf16>, batch_norm),
                                 REFERENCE(BatchNorm, batch_norm)),
        .cost = cost(3, 2),
        .vjp = gradient,
    };
    return call(op, {x, moments, gamma, beta}, how);
}

}  // namespace gradus
