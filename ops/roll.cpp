#include "ops/roll.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/roll.h"
#include "ops/nhwc.h"

namespace gradus {

Var roll(Var x, Var offset, int sign) {
    static const auto run = []<class T>(kernels::Roll<T>* kernel, const Call& c) {
        const Shape& shape = c.in[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pointer<const std::int32_t>(c.in[1]), pixels<T>(c.out[0]),
               {shape[0], shape[1], shape[2], shape[3], c.in[1].spec.shape.rank() == 2}, c.problem.as<int>(), c.write,
               c.stream);
    };
    static const Op op{
        .name = "roll",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require_nhwc("roll", p.in[0]);
            const Spec& by = p.in[1];
            require(by.dtype == DType::i32 && (by.shape == Shape{2} || by.shape == Shape{p.in[0].shape[0], 2}),
                    "roll: was given the offset {} for {}, expected i32 (2) or one pair for each picture",
                    to_string(by), to_string(p.in[0]));
            const int direction = p.as<int>();
            require(direction == 1 || direction == -1, "roll: was given the sign {}, expected 1 or -1", direction);
            return like_first(p);
        },
        .candidates = candidates(run, CUDA(Roll<float>, roll), CUDA(Roll<bf16>, roll), CPU(Roll<float>, roll),
                                 REFERENCE(Roll, roll)),
        .cost = read_and_write(0),
        .vjp = [](const VjpArgs& a) -> Gradients {
            return {roll(a.dy(), a.in[1], -a.as<int>()), std::nullopt};
        },
    };
    return call(op, {x, offset}, sign);
}

}  // namespace gradus
