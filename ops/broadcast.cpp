#include "ops/broadcast.h"

#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/spread.h"
#include "ops/by_output.h"
#include "ops/cast.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"

namespace gradus {
namespace {

struct Attrs {
    Spec out = {};
    double factor = 1;
};

std::vector<Spec> infer(const Problem& p) {
    const Spec& x = p.in[0];
    const Attrs& a = p.as<Attrs>();
    require(x.shape == Shape{1} || x.shape == Shape{a.out.shape.channels()},
            "broadcast: was given {}, expected one number or one per channel of {}", to_string(x),
            to_string(a.out.shape));
    return {a.out};
}

Gradients gradient(const VjpArgs& a) {
    const Var d = a.in[0].shape() == Shape{1} ? sum(a.dy()) : channel_sums(a.dy());
    const double factor = a.as<Attrs>().factor;
    return {factor == 1 ? d : scale(d, factor)};
}

}  // namespace

Var spread(Var x, Shape shape, DType dtype, double factor) {
    static const auto run = []<class T>(kernels::Spread<T>* kernel, const Call& c) {
        const Shape& out = c.out[0].spec.shape;
        kernel(pointer<const kernels::Compute<T>>(c.in[0]), c.in[0].spec.shape == Shape{1}, pixels<T>(c.out[0]),
               out.pixels(), out.channels(), c.problem.as<Attrs>().factor, c.write, c.stream);
    };
    static const Op op{.name = "broadcast",
                       .infer = infer,
                       .candidates = {by_output<float>(run, CPU(Spread<float>, spread)),
                                      by_output<bf16>(run, CPU(Spread<bf16>, spread)),
                                      by_output<float>(run, REFERENCE_FOR(Spread, spread, float)),
                                      by_output<bf16>(run, REFERENCE_FOR(Spread, spread, bf16)),
                                      by_output<double>(run, REFERENCE_FOR(Spread, spread, double))},
                       .cost = per_element(1, 1),
                       .vjp = gradient};
    return call(op, {x}, Attrs{Spec(std::move(shape), dtype), factor});
}

Var broadcast(Var x, Shape shape) {
    const DType dtype = x.dtype();
    return spread(dtype == DType::bf16 ? cast(x, DType::f32) : x, std::move(shape), dtype);
}

}  // namespace gradus
