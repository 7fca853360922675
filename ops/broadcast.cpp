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

std::vector<Candidate> kernels_by_type() {
    static const auto run = []<class T>(kernels::Spread<T>* kernel, const Call& c) {
        const Shape& out = c.out[0].spec.shape;
        kernel(pointer<const kernels::Compute<T>>(c.in[0]), c.in[0].spec.shape == Shape{1}, pixels<T>(c.out[0]),
               out.pixels(), out.channels(), c.problem.as<Attrs>().factor, c.write, c.stream);
    };
    std::vector<Candidate> list;
    append_by_output<float>(list, run, CUDA(Spread<float>, spread), CPU(Spread<float>, spread),
                            REFERENCE_FOR(Spread, spread, float));
    append_by_output<bf16>(list, run, CUDA(Spread<bf16>, spread), CPU(Spread<bf16>, spread),
                           REFERENCE_FOR(Spread, spread, bf16));
    append_by_output<double>(list, run, REFERENCE_FOR(Spread, spread, double));
    return list;
}

}  // namespace

Var spread(Var x, Shape shape, DType dtype, double factor) {
    static const Op op{.name = "broadcast",
                       .infer = infer,
                       .candidates = kernels_by_type(),
                       .cost = per_element(1, 1),
                       .vjp = gradient};
    return call(op, {x}, Attrs{Spec(std::move(shape), dtype), factor});
}

Var broadcast(Var x, Shape shape) {
    const DType dtype = x.dtype();
    return spread(dtype == DType::bf16 ? cast(x, DType::f32) : x, std::move(shape), dtype);
}

}  // namespace gradus
