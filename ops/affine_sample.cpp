#include "ops/affine_sample.h"

#include <cmath>
#include <numbers>

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/affine_sample.h"
#include "ops/nhwc.h"

namespace gradus {
namespace {

struct AffineAttrs {
    std::int64_t height = 0, width = 0;  // of what comes out
    AffineOptions options = {};
};

kernels::AffineShape shape_of(const Shape& x, const Shape& y, const Spec& matrix, const AffineOptions& options) {
    return {x[0], x[1], x[2], x[3], y[1], y[2], matrix.shape.rank() == 3, options.border, options.fill};
}

std::vector<Spec> of_that_size(const Problem& p) {
    const AffineAttrs& a = p.as<AffineAttrs>();
    return {Spec({p.in[0].shape[0], a.height, a.width, p.in[0].shape[3]}, p.in[0].dtype)};
}

Var affine_sample_backward(Var x, Var matrix, Var dy, const AffineOptions& options) {
    static const auto shape = [](const Problem& p) {
        return shape_of(p.out[0].shape, p.in[0].shape, p.in[1], p.as<AffineAttrs>().options);
    };
    static const auto run = []<class T>(kernels::AffineSampleBackward<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pointer<const float>(c.in[1]), pixels<T>(c.out[0]), shape(c.problem), c.write,
               c.scratch, c.stream);
    };
    static const auto list = [] {
        auto kernels = candidates(run, CUDA(AffineSampleBackward<float>, affine_sample_backward),
                                  CUDA(AffineSampleBackward<bf16>, affine_sample_backward),
                                  CPU(AffineSampleBackward<float>, affine_sample_backward),
                                  REFERENCE(AffineSampleBackward, affine_sample_backward));
        for (Candidate& c : kernels) {
            if (c.name == "reference")
                c.scratch = [](const Problem& p, void*) {
                    return static_cast<std::size_t>(p.out[0].shape.size()) * sizeof(double);
                };
            if (c.name == "cpu")
                c.scratch = [](const Problem& p, void*) {
                    return kernels::cpu::affine_backward_scratch_bytes(shape(p), p.threads);
                };
        }
        return kernels;
    }();
    static const Op op{
        .name = "affine_sample_backward",
        .infer = of_that_size,
        .candidates = list,
        .cost = read_and_write(8),
    };
    return call(op, {dy, matrix}, AffineAttrs{x.shape()[1], x.shape()[2], options});
}

Var about_center(Var x, float degrees, float factor, const AffineOptions& options) {
    require_nhwc("rotate and zoom", x.spec());
    const std::int64_t height = x.shape()[1], width = x.shape()[2];
    const Var matrix = x.graph->leaf(affine_about_center(height, width, degrees, factor));
    return affine_sample(x, matrix, static_cast<int>(height), static_cast<int>(width), options);
}

}  // namespace

Var affine_sample(Var x, Var matrix, int height, int width, AffineOptions options) {
    static const auto run = []<class T>(kernels::AffineSample<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pointer<const float>(c.in[1]), pixels<T>(c.out[0]),
               shape_of(c.in[0].spec.shape, c.out[0].spec.shape, c.in[1].spec, c.problem.as<AffineAttrs>().options),
               c.stream);
    };
    static const Op op{
        .name = "affine_sample",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require_nhwc("affine_sample", p.in[0]);
            const Spec& m = p.in[1];
            require(m.dtype == DType::f32 && (m.shape == Shape{2, 3} || m.shape == Shape{p.in[0].shape[0], 2, 3}),
                    "affine_sample: was given the matrix {} for {}, expected f32 (2, 3) or one for each picture",
                    to_string(m), to_string(p.in[0]));
            const AffineAttrs& a = p.as<AffineAttrs>();
            require(a.height > 0 && a.width > 0, "affine_sample: was asked for {} x {}, expected at least one pixel",
                    a.height, a.width);
            return of_that_size(p);
        },
        .candidates = candidates(run, CUDA(AffineSample<float>, affine_sample), CUDA(AffineSample<bf16>, affine_sample),
                                 CPU(AffineSample<float>, affine_sample), REFERENCE(AffineSample, affine_sample)),
        .cost = read_and_write(8),
        .vjp = [](const VjpArgs& a) -> Gradients {
            return {affine_sample_backward(a.in[0], a.in[1], a.dy(), a.as<AffineAttrs>().options), std::nullopt};
        },
    };
    return call(op, {x, matrix}, AffineAttrs{height, width, options});
}

Tensor affine_about_center(std::int64_t height, std::int64_t width, float degrees, float zoom) {
    require(zoom > 0, "affine_about_center: was given the zoom {}, expected more than 0", zoom);
    // The output at `center + v` shows the input at `center + turned back v / zoom`; rows count downwards.
    const double angle = static_cast<double>(degrees) * std::numbers::pi / 180;
    const double cosine = std::cos(angle) / static_cast<double>(zoom),
                 sine = std::sin(angle) / static_cast<double>(zoom);
    const double h = static_cast<double>(height - 1) / 2, w = static_cast<double>(width - 1) / 2;
    const double rows[] = {cosine, sine, h - cosine * h - sine * w, -sine, cosine, w + sine * h - cosine * w};
    return Tensor(Shape{2, 3}, std::vector<float>(std::begin(rows), std::end(rows)));
}

Var rotate(Var x, float degrees, AffineOptions options) { return about_center(x, degrees, 1, options); }

Var zoom(Var x, float factor, AffineOptions options) { return about_center(x, 0, factor, options); }

}  // namespace gradus
