#include "ops/transpose.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/transpose.h"
#include "ops/nhwc.h"

namespace gradus {

Var transpose(Var x) {
    static const auto run = []<class T>(kernels::Transpose<T>* kernel, const Call& c) {
        const Shape& shape = c.in[0].spec.shape;
        const std::int64_t rows = shape[shape.rank() - 2], columns = shape.channels(), size = rows * columns;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), {size > 0 ? shape.size() / size : 0, rows, columns},
               c.write, c.stream);
    };
    static const Op op{
        .name = "transpose",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            Shape y = p.in[0].shape;
            require(y.rank() >= 2, "transpose: was given {}, expected two axes or more", to_string(p.in[0]));
            std::swap(y[y.rank() - 2], y[y.rank() - 1]);
            return {Spec(y, p.in[0].dtype)};
        },
        .candidates = candidates(run, CUDA(Transpose<float>, transpose), CUDA(Transpose<bf16>, transpose),
                                 CPU(Transpose<float>, transpose), CPU(Transpose<bf16>, transpose),
                                 REFERENCE(Transpose, transpose)),
        .cost = read_and_write(0),
        .vjp = [](const VjpArgs& a) -> Gradients { return {transpose(a.dy())}; },
    };
    return call(op, {x});
}

}  // namespace gradus
