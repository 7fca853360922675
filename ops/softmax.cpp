#include "ops/softmax.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/softmax.h"

namespace gradus {
namespace {

Var softmax_backward(Var y, Var dy) {
    static const auto run = []<class T>(kernels::SoftmaxBackward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pixels<T>(c.out[0]), shape.pixels(),
               shape.channels(), c.write, c.stream);
    };
    static const Op op{.name = "softmax_backward",
                       .infer = like_first,
                       .candidates = candidates(run, CUDA(SoftmaxBackward<float>, softmax_backward),
                                                CPU(SoftmaxBackward<float>, softmax_backward),
                                                REFERENCE_FOR(SoftmaxBackward, softmax_backward, float),
                                                REFERENCE_FOR(SoftmaxBackward, softmax_backward, double)),
                       .cost = per_element(4, 3),
                       .in_place = {1}};
    return call(op, {y, dy});
}

}  // namespace

Var softmax(Var x) {
    static const auto run = []<class T>(kernels::Softmax<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape.pixels(), shape.channels(), c.stream);
    };
    static const Op op{
        .name = "softmax",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const DType type = p.in[0].dtype;
            require((type == DType::f32 || type == DType::f64) && p.in[0].shape.channels() > 0,
                    "softmax: was given {}, expected f32 and at least one class", to_string(p.in[0]));
            return like_first(p);
        },
        .candidates = candidates(run, CUDA(Softmax<float>, softmax), CPU(Softmax<float>, softmax),
                                 REFERENCE_FOR(Softmax, softmax, float), REFERENCE_FOR(Softmax, softmax, double)),
        .cost = per_element(4, 2),
        .vjp = [](const VjpArgs& a) -> Gradients { return {softmax_backward(a.y(), a.dy())}; },
        .in_place = {0}};
    return call(op, {x});
}

}  // namespace gradus
