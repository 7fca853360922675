#include "ops/gate.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/gate.h"

namespace gradus {

Var gate(Var x, Var stop) {
    static const auto run = [](kernels::Gate* kernel, const Call& c) {
        const Spec &from = c.in[0].spec, &to = c.out[0].spec;
        const auto bytes = static_cast<std::int64_t>(size_of(to.dtype));
        kernel(pointer<const std::byte>(c.in[0]), from.pixel_stride * bytes, pointer<const std::int32_t>(c.in[1]),
               pointer<std::byte>(c.out[0]), to.pixel_stride * bytes, to.shape.pixels(), to.shape.channels() * bytes,
               c.stream);
    };
    static const Op op{
        .name = "gate",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require(p.in[1] == Spec(Shape{1}, DType::i32), "gate: was given the stop {}, expected i32 (1)",
                    to_string(p.in[1]));
            return like_first(p);
        },
        .candidates = candidates(run, CUDA(Gate, gate), CPU(Gate, gate),
                                 Entry<kernels::Gate>{"reference", DeviceKind::cpu, &kernels::reference::gate}),
        .cost = per_element(0, 2),
        .in_place = {0}};
    return call(op, {x, stop});
}

}  // namespace gradus
