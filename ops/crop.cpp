#include "ops/crop.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/pad.h"
#include "ops/nhwc.h"

namespace gradus {
namespace {

struct CropAttrs {
    int top = 0, left = 0, height = 0, width = 0;  // what is written, and where its corner lies in what is read
};

/// A crop is a padding by negative amounts; and so its gradient, a padding with zeros, is the same kernel.
std::vector<Candidate> moves() {
    static const auto run = []<class T>(kernels::Pad<T>* kernel, const Call& c) {
        const CropAttrs& a = c.problem.as<CropAttrs>();
        const Shape &x = c.in[0].spec.shape, &y = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), {x[0], x[1], x[2], x[3], y[1], y[2], -a.top, -a.left},
               kernels::PadMode::zero, c.write, c.stream);
    };
    return candidates(run, CUDA(Pad<float>, pad), CUDA(Pad<bf16>, pad), CPU(Pad<float>, pad), CPU(Pad<bf16>, pad),
                      REFERENCE(Pad, pad));
}

std::vector<Spec> of_that_size(const Problem& p) {
    const CropAttrs& a = p.as<CropAttrs>();
    return {Spec({p.in[0].shape[0], a.height, a.width, p.in[0].shape[3]}, p.in[0].dtype)};
}

std::vector<Spec> cropped(const Problem& p) {
    require_nhwc("crop", p.in[0]);
    const CropAttrs& a = p.as<CropAttrs>();
    const Shape& x = p.in[0].shape;
    require(a.top >= 0 && a.left >= 0 && a.height > 0 && a.width > 0 && a.top + std::int64_t{a.height} <= x[1] &&
                a.left + std::int64_t{a.width} <= x[2],
            "crop: was asked for {} x {} at ({}, {}), expected a part of {}", a.height, a.width, a.top, a.left,
            to_string(p.in[0]));
    return of_that_size(p);
}

Var crop_backward(Var x, Var dy, const CropAttrs& crop) {
    static const Op op{
        .name = "crop_backward", .infer = of_that_size, .candidates = moves(), .cost = read_and_write(0)};
    const auto height = static_cast<int>(x.shape()[1]), width = static_cast<int>(x.shape()[2]);
    return call(op, {dy}, CropAttrs{-crop.top, -crop.left, height, width});
}

}  // namespace

Var crop(Var x, int top, int left, int height, int width) {
    static const Op op{
        .name = "crop",
        .infer = cropped,
        .candidates = moves(),
        .cost =
            [](const Problem& p) {
                return Cost{0, 2.0 * static_cast<double>(p.out[0].bytes())};
            },
        .vjp = [](const VjpArgs& a) -> Gradients { return {crop_backward(a.in[0], a.dy(), a.as<CropAttrs>())}; },
    };
    return call(op, {x}, CropAttrs{top, left, height, width});
}

}  // namespace gradus
