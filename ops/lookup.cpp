#include "ops/lookup.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/lookup.h"

namespace gradus {

Var lookup(Var table, Var index) {
    static const auto run = [](kernels::Lookup* kernel, const Call& c) {
        kernel(pointer<const float>(c.in[0]), pointer<const std::int32_t>(c.in[1]), pointer<float>(c.out[0]),
               c.in[0].spec.shape.size(), c.out[0].spec.shape.size(), c.stream);
    };
    static const Op op{
        .name = "lookup",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const Spec &numbers = p.in[0], &at = p.in[1];
            require(numbers.dtype == DType::f32 && numbers.shape.rank() == 1 && numbers.shape.size() > 0,
                    "lookup: was given the table {}, expected f32 (n), at least one number", to_string(numbers));
            require(at.dtype == DType::i32 && at.shape.rank() == 1, "lookup: was given the index {}, expected i32 (k)",
                    to_string(at));
            return {Spec(at.shape, DType::f32)};
        },
        // A handful of numbers: on the processor the plain loop is the fast one.
        .candidates = candidates(run, CUDA(Lookup, lookup),
                                 Entry<kernels::Lookup>{"reference", DeviceKind::cpu, &kernels::reference::lookup}),
        .cost = per_element(0, 3)};
    return call(op, {table, index});
}

}  // namespace gradus
