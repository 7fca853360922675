#include "ops/assign.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/copy.h"

namespace gradus {

Var assign(Var state, Var value) {
    static const auto run = [](kernels::Copy* kernel, const Call& c) {
        const Spec &from = c.in[1].spec, &to = c.out[0].spec;
        const auto bytes = static_cast<std::int64_t>(size_of(to.dtype));
        kernel(pointer<const std::byte>(c.in[1]), from.pixel_stride * bytes, pointer<std::byte>(c.out[0]),
               to.pixel_stride * bytes, to.shape.pixels(), to.shape.channels() * bytes, c.stream);
    };
    static const Op op{
        .name = "assign",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require(p.in[0].shape == p.in[1].shape && p.in[0].dtype == p.in[1].dtype,
                    "assign: was given {} for a state of {}, expected the same shape and type", to_string(p.in[1]),
                    to_string(p.in[0]));
            return like_first(p);
        },
        .candidates = candidates(run, CUDA(Copy, copy), CPU(Copy, copy),
                                 Entry<kernels::Copy>{"reference", DeviceKind::cpu, &kernels::reference::copy}),
        .cost = per_element(0, 2),
        .kind = OpKind::assign};
    require(state.graph->value(state.id).node < 0, "assign: was given a state that an op makes, expected a leaf");
    return call(op, {state, value});
}

}  // namespace gradus
