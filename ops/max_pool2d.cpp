#include "ops/max_pool2d.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/max_pool2d.h"
#include "ops/relu.h"

namespace gradus {
namespace {

using kernels::Pool2dShape;

/// Bytes of the larger and the smaller side of the pooling, and one more for each index.
double bytes(const Pool2dShape& z, DType dtype) {
    const auto value = static_cast<double>(size_of(dtype));
    return static_cast<double>(z.N * z.H * z.W * z.C) * value +
           static_cast<double>(z.N * z.P * z.Q * z.C) * (value + 1);
}
double comparisons(const Pool2dShape& z) { return static_cast<double>(z.N * z.P * z.Q * z.C * z.R * z.S); }

Var max_pool2d_backward(Var dy, Var index, const Pool2dShape& shape) {
    static const auto run = []<class T>(kernels::MaxPool2dBackward<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pixels<const std::uint8_t>(c.in[1]), pixels<T>(c.out[0]),
               c.problem.as<Pool2dShape>(), c.write, c.stream);
    };
    static const Op op{
        .name = "max_pool2d_backward",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const auto& z = p.as<Pool2dShape>();
            return {Spec({z.N, z.H, z.W, z.C}, p.in[0].dtype)};
        },
        .candidates = candidates(
            run, CUDA(MaxPool2dBackward<bf16>, max_pool2d_backward),
            CUDA(MaxPool2dBackward<float>, max_pool2d_backward), CPU(MaxPool2dBackward<float>, max_pool2d_backward),
            CPU(MaxPool2dBackward<bf16>, max_pool2d_backward), REFERENCE(MaxPool2dBackward, max_pool2d_backward)),
        .cost =
            [](const Problem& p) {
                const auto& z = p.as<Pool2dShape>();
                return Cost{comparisons(z), bytes(z, p.out[0].dtype)};
            },
    };
    return call(op, {dy, index}, shape);
}

const Op& max_pool2d_op() {
    static const auto run = []<class T>(kernels::MaxPool2d<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), pixels<std::uint8_t>(c.out[1]),
               c.problem.as<Pool2dShape>(), c.stream);
    };
    static const Op op{
        .name = "max_pool2d",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const auto& z = p.as<Pool2dShape>();
            const Shape y{z.N, z.P, z.Q, z.C};
            return {Spec(y, p.in[0].dtype), Spec(y, DType::u8)};
        },
        .candidates = candidates(run, CUDA(MaxPool2d<bf16>, max_pool2d), CUDA(MaxPool2d<float>, max_pool2d),
                                 CPU(MaxPool2d<float>, max_pool2d), CPU(MaxPool2d<bf16>, max_pool2d),
                                 REFERENCE(MaxPool2d, max_pool2d)),
        .cost =
            [](const Problem& p) {
                const auto& z = p.as<Pool2dShape>();
                return Cost{comparisons(z), bytes(z, p.out[0].dtype)};
            },
        .vjp = [](const VjpArgs& a) -> Gradients {
            return {max_pool2d_backward(a.dy(), a.out[1], a.as<Pool2dShape>())};
        },
    };
    return op;
}

}  // namespace

Var max_pool2d(Var x, const Pool2dOptions& options) {
    const Pool2dShape shape = pool2d_shape("max_pool2d", x.shape(), options);
    require(shape.R * shape.S <= 256, "max_pool2d: the window is {}x{}, expected at most 256 pixels", shape.R, shape.S);
    // A guided ReLU filters the gradient of each pixel, which is a sum where windows overlap.
    const bool disjoint = shape.stride_h >= shape.R && shape.stride_w >= shape.S;
    Var before;
    if (is_relu(x, ReluRule::plain, before)) return relu(max_pool2d(before, options));
    if (disjoint && is_relu(x, ReluRule::guided, before)) return relu(max_pool2d(before, options), ReluRule::guided);
    return call(max_pool2d_op(), {x}, shape);
}

}  // namespace gradus
