#include "ops/reduce.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/reduce.h"
#include "ops/broadcast.h"

namespace gradus {
namespace {

DType sum_type(DType x) { return x == DType::f64 ? DType::f64 : DType::f32; }

std::vector<Spec> one_number(const Problem& p) { return {Spec(Shape{1}, sum_type(p.in[0].dtype))}; }

std::vector<Spec> per_channel(const Problem& p) {
    return {Spec(Shape{p.in[0].shape.channels()}, sum_type(p.in[0].dtype))};
}

Cost cost(const Problem& p) {
    Cost cost{.flops = static_cast<double>(p.in.size()) * static_cast<double>(p.in[0].shape.size())};
    for (const Spec& in : p.in)
        cost.bytes += static_cast<double>(in.shape.size()) * static_cast<double>(size_of(in.dtype));
    return cost;
}

/// How the kernels go over the inputs: where all are dense, a row of pixels of one channel each, which splits into even
/// blocks whatever the shape.
struct Rows {
    std::int64_t pixels, channels;
    bool dense = true;

    explicit Rows(const Problem& p) : pixels(p.in[0].shape.size()), channels(1) {
        for (const Spec& in : p.in) dense &= in.dense();
        if (!dense) pixels = p.in[0].shape.pixels(), channels = p.in[0].shape.channels();
    }
    template <class T>
    kernels::Pixels<T> of(const View& view) const {
        return {pointer<T>(view), dense ? 1 : view.spec.pixel_stride};
    }
};

/// Room for so many sums.
using Sums = std::int64_t(const Problem&);

std::vector<Candidate> with_scratch(std::vector<Candidate> list, Sums* on_cpu, Sums* on_cuda) {
    for (Candidate& c : list) {
        if (c.name == "reference") continue;
        c.scratch = [sums = c.on == DeviceKind::cpu ? on_cpu : on_cuda](const Problem& p, void*) {
            return static_cast<std::size_t>(sums(p)) * sizeof(double);
        };
    }
    return list;
}

std::vector<Candidate> with_blocks(std::vector<Candidate> list) {
    return with_scratch(
        std::move(list),
        [](const Problem& p) {
            const Rows rows(p);
            return kernels::reduce_blocks(rows.pixels, rows.channels);
        },
        [](const Problem& p) { return kernels::cuda_reduce_blocks(p.in[0].shape.size()); });
}

/// The sum of all elements times a factor, in the attributes.
Op sum_op(const char* name) {
    static const auto run = []<class T>(kernels::Sum<T>* kernel, const Call& c) {
        const Rows rows(c.problem);
        kernel(rows.of<const T>(c.in[0]), pointer<kernels::Compute<T>>(c.out[0]), rows.pixels, rows.channels,
               c.problem.as<double>(), c.scratch, c.stream);
    };
    return {.name = name,
            .infer = one_number,
            .candidates = with_blocks(candidates(run, CUDA(Sum<float>, sum), CUDA(Sum<bf16>, sum), CPU(Sum<float>, sum),
                                                 CPU(Sum<bf16>, sum), REFERENCE(Sum, sum))),
            .cost = cost,
            .vjp = [](const VjpArgs& a) -> Gradients {
                return {spread(a.dy(), a.in[0].shape(), a.in[0].dtype(), a.as<double>())};
            }};
}

/// dx = factor d x
Var dot_backward(Var x, Var d, double factor) {
    static const auto run = []<class T>(kernels::DotBackward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pointer<const kernels::Compute<T>>(c.in[1]), pixels<T>(c.out[0]),
               shape.pixels(), shape.channels(), c.problem.as<double>(), c.write, c.stream);
    };
    static const Op op{
        .name = "dot_backward",
        .infer = like_first,
        .candidates = candidates(run, CUDA(DotBackward<float>, dot_backward), CUDA(DotBackward<bf16>, dot_backward),
                                 CPU(DotBackward<float>, dot_backward), CPU(DotBackward<bf16>, dot_backward),
                                 REFERENCE(DotBackward, dot_backward)),
        .cost = per_element(1, 2),
        .in_place = {0}};
    return call(op, {x, d}, factor);
}

}  // namespace

Var sum(Var x) {
    static const Op op = sum_op("sum");
    return call(op, {x}, 1.0);
}

Var mean(Var x) {
    static const Op op = sum_op("mean");
    const std::int64_t n = x.shape().size();
    require(n > 0, "mean: was given {}, expected at least one element", to_string(x.spec()));
    return call(op, {x}, 1.0 / static_cast<double>(n));
}

Var dot(Var a, Var b) {
    static const auto run = []<class T>(kernels::Dot<T>* kernel, const Call& c) {
        const Rows rows(c.problem);
        kernel(rows.of<const T>(c.in[0]), rows.of<const T>(c.in[1]), pointer<kernels::Compute<T>>(c.out[0]),
               rows.pixels, rows.channels, c.scratch, c.stream);
    };
    static const Op op{
        .name = "dot",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require(p.in[0].shape == p.in[1].shape && p.in[0].dtype == p.in[1].dtype,
                    "dot: was given {} and {}, expected two of the same shape and type", to_string(p.in[0]),
                    to_string(p.in[1]));
            return one_number(p);
        },
        .candidates = with_blocks(candidates(run, CUDA(Dot<float>, dot), CUDA(Dot<bf16>, dot), CPU(Dot<float>, dot),
                                             CPU(Dot<bf16>, dot), REFERENCE(Dot, dot))),
        .cost = cost,
        .vjp = [](const VjpArgs& g) -> Gradients {
            Gradients d(2);
            if (g.wanted[0]) d[0] = dot_backward(g.in[1], g.dy(), 1);
            if (g.wanted[1]) d[1] = dot_backward(g.in[0], g.dy(), 1);
            return d;
        }};
    return call(op, {a, b});
}

Var sum_squares(Var x) {
    static const auto run = []<class T>(kernels::Dot<T>* kernel, const Call& c) {
        const Rows rows(c.problem);
        const auto in = rows.of<const T>(c.in[0]);
        kernel(in, in, pointer<kernels::Compute<T>>(c.out[0]), rows.pixels, rows.channels, c.scratch, c.stream);
    };
    static const Op op{
        .name = "sum_squares",
        .infer = one_number,
        .candidates = with_blocks(candidates(run, CUDA(Dot<float>, dot), CUDA(Dot<bf16>, dot), CPU(Dot<float>, dot),
                                             CPU(Dot<bf16>, dot), REFERENCE(Dot, dot))),
        .cost =
            [](const Problem& p) {
                Cost c = cost(p);
                c.flops *= 2;
                return c;
            },
        .vjp = [](const VjpArgs& a) -> Gradients { return {dot_backward(a.in[0], a.dy(), 2)}; }};
    return call(op, {x});
}

Var channel_sums(Var x) {
    static const auto run = []<class T>(kernels::ChannelSums<T>* kernel, const Call& c) {
        const Shape& shape = c.in[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pointer<kernels::Compute<T>>(c.out[0]), shape.pixels(), shape.channels(),
               c.scratch, c.stream);
    };
    static const Op op{
        .name = "channel_sums",
        .infer = per_channel,
        .candidates = with_scratch(
            candidates(run, CUDA(ChannelSums<float>, channel_sums), CUDA(ChannelSums<bf16>, channel_sums),
                       CPU(ChannelSums<float>, channel_sums), CPU(ChannelSums<bf16>, channel_sums),
                       REFERENCE(ChannelSums, channel_sums)),
            [](const Problem& p) {
                const Shape& shape = p.in[0].shape;
                return shape.channels() * kernels::reduce_blocks(shape.pixels(), shape.channels());
            },
            [](const Problem& p) {
                const Shape& shape = p.in[0].shape;
                return shape.channels() * kernels::cuda_channel_shares(shape.pixels(), shape.channels());
            }),
        .cost = cost,
        .vjp = [](const VjpArgs& a) -> Gradients { return {spread(a.dy(), a.in[0].shape(), a.in[0].dtype())}; }};
    return call(op, {x});
}

}  // namespace gradus
