#include "ops/gaussian_blur.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/gaussian_blur.h"
#include "ops/nhwc.h"

namespace gradus {
namespace {

struct BlurAttrs {
    int radius = 0;
    PadMode border = PadMode::reflect;
    bool backward = false;
};

kernels::BlurShape shape_of(const Problem& p) {
    const Shape& x = p.in[0].shape;
    const BlurAttrs& a = p.as<BlurAttrs>();
    return {x[0], x[1], x[2], x[3], a.radius, a.border, a.backward};
}

std::vector<Candidate> blurs() {
    static const auto run = []<class T>(kernels::GaussianBlur<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pointer<const float>(c.in[1]), pixels<T>(c.out[0]), shape_of(c.problem),
               c.write, c.scratch, c.stream);
    };
    auto list = candidates(run, CUDA(GaussianBlur<float>, gaussian_blur), CUDA(GaussianBlur<bf16>, gaussian_blur),
                           CPU(GaussianBlur<float>, gaussian_blur), REFERENCE(GaussianBlur, gaussian_blur));
    for (Candidate& c : list)
        c.scratch = [on = c.on](const Problem& p, void*) {
            return on == DeviceKind::cpu ? kernels::gaussian_blur_scratch_bytes(shape_of(p), p.threads)
                                         : kernels::cuda_on_cpu::gaussian_blur_scratch(shape_of(p));
        };
    return list;
}

Cost cost(const Problem& p) {
    const double taps = 2.0 * p.as<BlurAttrs>().radius + 1;
    return {4 * taps * static_cast<double>(p.out[0].shape.size()), 2.0 * static_cast<double>(p.out[0].bytes())};
}

Var gaussian_blur_backward(Var dy, Var sigma, BlurAttrs attrs) {
    static const Op op{.name = "gaussian_blur_backward", .infer = like_first, .candidates = blurs(), .cost = cost};
    attrs.backward = true;
    return call(op, {dy, sigma}, attrs);
}

}  // namespace

Var gaussian_blur(Var x, Var sigma, int radius, PadMode border) {
    static const Op op{
        .name = "gaussian_blur",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require_nhwc("gaussian_blur", p.in[0]);
            require(p.in[1] == Spec(Shape{1}), "gaussian_blur: was given the sigma {}, expected f32 (1)",
                    to_string(p.in[1]));
            const BlurAttrs& a = p.as<BlurAttrs>();
            require(a.radius >= 0, "gaussian_blur: was given the radius {}, expected 0 or more", a.radius);
            require(a.border != PadMode::circular,
                    "gaussian_blur: was given a circular border, expected zero, reflect or replicate");
            return like_first(p);
        },
        .candidates = blurs(),
        .cost = cost,
        .vjp = [](const VjpArgs& a) -> Gradients {
            return {gaussian_blur_backward(a.dy(), a.in[1], a.as<BlurAttrs>()), std::nullopt};
        },
    };
    return call(op, {x, sigma}, BlurAttrs{radius, border});
}

Var gaussian_blur(Var x, float sigma, int radius, PadMode border) {
    return gaussian_blur(x, x.graph->number(sigma), radius, border);
}

}  // namespace gradus
