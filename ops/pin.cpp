#include "ops/pin.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/pin.h"

namespace gradus {

Var pin(Var v, Var x, Var push, const Box& box) {
    static const auto run = []<class T>(kernels::Pin<T>* kernel, const Call& c) {
        kernel(pointer<const T>(c.in[0]), pointer<const T>(c.in[1]), pointer<const T>(c.in[2]), pointer<T>(c.out[0]),
               c.out[0].spec.shape.size(), c.problem.as<Box>(), c.stream);
    };
    static const Op op{.name = "pin",
                       .infer = [](const Problem& p) -> std::vector<Spec> {
                           for (std::size_t i = 1; i < 3; ++i)
                               require(p.in[i].shape == p.in[0].shape && p.in[i].dtype == p.in[0].dtype,
                                       "pin: was given {} with {}, expected three of the same shape and type",
                                       to_string(p.in[0]), to_string(p.in[i]));
                           return like_first(p);
                       },
                       .candidates = dense(candidates(run, CUDA(Pin<float>, pin), CPU(Pin<float>, pin),
                                                      REFERENCE_FOR(Pin, pin, float), REFERENCE_FOR(Pin, pin, double))),
                       .cost = per_element(4, 4),
                       .in_place = {0}};
    require(box.lo <= box.hi, "pin: was given the box {}..{}, expected the lower bound first", box.lo, box.hi);
    return call(op, {v, x, push}, box);
}

}  // namespace gradus
