#include "ops/pad.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/pad.h"
#include "ops/nhwc.h"

namespace gradus {
namespace {

struct PadAttrs {
    Padding by = {};
    PadMode mode = PadMode::zero;
};

kernels::PadShape shape_of(const Shape& x, const Shape& y, const Padding& by) {
    return {x[0], x[1], x[2], x[3], y[1], y[2], by.top, by.left};
}

std::vector<Spec> padded(const Problem& p) {
    const Padding& by = p.as<PadAttrs>().by;
    const Shape& x = p.in[0].shape;
    require_nhwc("pad", p.in[0]);
    require(by.top >= 0 && by.bottom >= 0 && by.left >= 0 && by.right >= 0,
            "pad: was asked for {} rows above, {} below, {} columns on the left and {} on the right, expected "
            "none negative",
            by.top, by.bottom, by.left, by.right);
    return {Spec({x[0], x[1] + by.top + by.bottom, x[2] + by.left + by.right, x[3]}, p.in[0].dtype)};
}

Var pad_backward(Var dy, const PadAttrs& attrs) {
    static const auto run = []<class T>(kernels::PadBackward<T>* kernel, const Call& c) {
        const PadAttrs& a = c.problem.as<PadAttrs>();
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape_of(c.out[0].spec.shape, c.in[0].spec.shape, a.by),
               a.mode, c.write, c.stream);
    };
    static const Op op{
        .name = "pad_backward",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const Padding& by = p.as<PadAttrs>().by;
            const Shape& y = p.in[0].shape;
            return {Spec({y[0], y[1] - by.top - by.bottom, y[2] - by.left - by.right, y[3]}, p.in[0].dtype)};
        },
        .candidates = candidates(run, CUDA(PadBackward<float>, pad_backward), CUDA(PadBackward<bf16>, pad_backward),
                                 CPU(PadBackward<float>, pad_backward), CPU(PadBackward<bf16>, pad_backward),
                                 REFERENCE(PadBackward, pad_backward)),
        .cost = read_and_write(1),
    };
    return call(op, {dy}, attrs);
}

}  // namespace

Var pad(Var x, Padding padding, PadMode mode) {
    static const auto run = []<class T>(kernels::Pad<T>* kernel, const Call& c) {
        const PadAttrs& a = c.problem.as<PadAttrs>();
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape_of(c.in[0].spec.shape, c.out[0].spec.shape, a.by),
               a.mode, c.write, c.stream);
    };
    static const Op op{
        .name = "pad",
        .infer = padded,
        .candidates = candidates(run, CUDA(Pad<float>, pad), CUDA(Pad<bf16>, pad), CPU(Pad<float>, pad),
                                 CPU(Pad<bf16>, pad), REFERENCE(Pad, pad)),
        .cost = read_and_write(0),
        .vjp = [](const VjpArgs& a) -> Gradients { return {pad_backward(a.dy(), a.as<PadAttrs>())}; },
    };
    return call(op, {x}, PadAttrs{padding, mode});
}

}  // namespace gradus
