#include "ops/pointwise.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/pointwise_functions.h"

namespace gradus {
namespace {

using kernels::Function;
using kernels::Pointwise;

struct Row {
    const char *name, *backward;
    double flops;
};

// In the order of Function. Powers and the like: what the C library takes, roughly.
constexpr Row table[] = {
    {"scale", "scale", 1},
    {"abs", "abs_backward", 1},
    {"pow", "pow_backward", 20},
    {"sqrt", "sqrt_backward", 1},
    {"exp", "exp_backward", 10},
    {"log", "log_backward", 10},
    {"sigmoid", "sigmoid_backward", 12},
    {"tanh", "tanh_backward", 20},
    {"clip", "clip_backward", 1},
};

Var backward(Var at, Var dy, const Pointwise& p) {
    static const auto run = []<class T>(kernels::PointwiseBackward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pixels<T>(c.out[0]), shape.pixels(),
               shape.channels(), c.problem.as<Pointwise>(), c.write, c.stream);
    };
    static const std::vector<Op> ops = [] {
        std::vector<Op> all;
        for (const Row& row : table)
            all.push_back({.name = row.backward,
                           .infer = like_first,
                           .candidates = candidates(run, CUDA(PointwiseBackward<float>, pointwise_backward),
                                                    CUDA(PointwiseBackward<bf16>, pointwise_backward),
                                                    CPU(PointwiseBackward<float>, pointwise_backward),
                                                    CPU(PointwiseBackward<bf16>, pointwise_backward),
                                                    REFERENCE(PointwiseBackward, pointwise_backward)),
                           .cost = per_element(row.flops, 3),
                           .in_place = {0, 1}});
        return all;
    }();
    return call(ops[static_cast<std::size_t>(p.function)], {at, dy}, p);
}

Gradients gradient(const VjpArgs& a) {
    const Pointwise& p = a.as<Pointwise>();
    if (p.function == Function::scale) return {scale(a.dy(), p.a)};
    const bool reads_y = kernels::with_function<double>(p, [](auto f) { return decltype(f)::slope_reads_y; });
    return {backward(reads_y ? a.y() : a.in[0], a.dy(), p)};
}

Var pointwise(Var x, const Pointwise& p) {
    static const auto run = []<class T>(kernels::PointwiseForward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape.pixels(), shape.channels(),
               c.problem.as<Pointwise>(), c.write, c.stream);
    };
    static const std::vector<Op> ops = [] {
        std::vector<Op> all;
        for (const Row& row : table)
            all.push_back({.name = row.name,
                           .infer = like_first,
                           .candidates = candidates(
                               run, CUDA(PointwiseForward<float>, pointwise), CUDA(PointwiseForward<bf16>, pointwise),
                               CPU(PointwiseForward<float>, pointwise), CPU(PointwiseForward<bf16>, pointwise),
                               REFERENCE(PointwiseForward, pointwise)),
                           .cost = per_element(row.flops, 2),
                           .vjp = gradient,
                           .in_place = {0}});
        return all;
    }();
    return call(ops[static_cast<std::size_t>(p.function)], {x}, p);
}

}  // namespace

Var scale(Var x, double factor) { return pointwise(x, {Function::scale, factor}); }
Var abs(Var x) { return pointwise(x, {Function::abs}); }
Var pow(Var x, double exponent) { return pointwise(x, {Function::pow, exponent}); }
Var sqrt(Var x) { return pointwise(x, {Function::sqrt}); }
Var exp(Var x) { return pointwise(x, {Function::exp}); }
Var log(Var x) { return pointwise(x, {Function::log}); }
Var sigmoid(Var x) { return pointwise(x, {Function::sigmoid}); }
Var tanh(Var x) { return pointwise(x, {Function::tanh}); }

Var clip(Var x, double lo, double hi) {
    require(lo <= hi, "clip: was given the range {}..{}, expected the lower bound first", lo, hi);
    return pointwise(x, {Function::clip, lo, hi});
}

}  // namespace gradus
