#include "ops/arithmetic.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/arithmetic.h"
#include "ops/cast.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"

namespace gradus {
namespace {

using kernels::Arithmetic;
using kernels::Repeat;

Repeat repeat_of(const Problem& p) {
    const Shape &a = p.in[0].shape, &b = p.in[1].shape;
    return a == b ? Repeat::none : b == Shape{1} ? Repeat::one : Repeat::channels;
}

std::vector<Spec> infer(const char* who, const Problem& p) {
    const Spec &a = p.in[0], &b = p.in[1];
    const bool fits = a.shape == b.shape || b.shape == Shape{1} || b.shape == Shape{a.shape.channels()};
    require(fits && a.dtype == b.dtype,
            "{}: was given {} and {}, expected the second like the first, or one number{}, of the same type", who,
            to_string(a), to_string(b), a.shape.rank() > 1 ? " or one per channel" : "");
    return like_first(p);
}

/// The gradient of b: the sum over all elements that read it.
Var gather(Var d, Var b) {
    if (d.shape() == b.shape()) return d;
    return cast(b.shape() == Shape{1} ? sum(d) : channel_sums(d), b.dtype());
}

Op arithmetic_op(const char* name, std::function<Gradients(const VjpArgs&)> vjp) {
    static const auto run = []<class T>(kernels::ArithmeticForward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pixels<T>(c.out[0]), shape.pixels(),
               shape.channels(), c.problem.as<Arithmetic>(), repeat_of(c.problem), c.write, c.stream);
    };
    return {
        .name = name,
        .infer = [name](const Problem& p) { return infer(name, p); },
        .candidates = candidates(run, CUDA(ArithmeticForward<float>, arithmetic),
                                 CUDA(ArithmeticForward<bf16>, arithmetic), CPU(ArithmeticForward<float>, arithmetic),
                                 CPU(ArithmeticForward<bf16>, arithmetic), REFERENCE(ArithmeticForward, arithmetic)),
        .cost = [](const Problem& p) { return per_element(1, repeat_of(p) == Repeat::none ? 3 : 2)(p); },
        .vjp = std::move(vjp),
        .in_place = {0, 1}};
}

}  // namespace

Var subtract(Var a, Var b) {
    static const Op op = arithmetic_op("subtract", [](const VjpArgs& g) {
        Gradients d(2);
        if (g.wanted[0]) d[0] = g.dy();
        if (g.wanted[1]) d[1] = scale(gather(g.dy(), g.in[1]), -1);
        return d;
    });
    return call(op, {a, b}, Arithmetic::subtract);
}

Var multiply(Var a, Var b) {
    static const Op op = arithmetic_op("multiply", [](const VjpArgs& g) {
        Gradients d(2);
        if (g.wanted[0]) d[0] = multiply(g.dy(), g.in[1]);
        if (g.wanted[1]) d[1] = gather(multiply(g.dy(), g.in[0]), g.in[1]);
        return d;
    });
    return call(op, {a, b}, Arithmetic::multiply);
}

Var divide(Var a, Var b) {
    static const Op op = arithmetic_op("divide", [](const VjpArgs& g) {
        Gradients d(2);
        const Var da = divide(g.dy(), g.in[1]);
        if (g.wanted[0]) d[0] = da;
        if (g.wanted[1]) d[1] = scale(gather(multiply(da, g.y()), g.in[1]), -1);
        return d;
    });
    return call(op, {a, b}, Arithmetic::divide);
}

}  // namespace gradus
