#include "ops/resize.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "ops/nhwc.h"
#include "ops/taps.h"

namespace gradus {
namespace {

struct ResizeAttrs {
    std::int64_t height = 0, width = 0;  // of what comes out
    ResizeKind kind = ResizeKind::bilinear;
};

struct Axes {
    TapTable rows, columns;
};

kernels::ResampleShape shape_of(const Problem& p) {
    const Shape &x = p.in[0].shape, &y = p.out[0].shape;
    return {x[0], x[1], x[2], x[3], y[1], y[2]};
}

/// The gradient is the same kernel with transposed taps.
std::vector<Candidate> resamplers(bool backward) {
    static const auto run = []<class T>(kernels::Resample<T>* kernel, const Call& c) {
        const Axes& axes = *static_cast<const Axes*>(c.state);
        using W = kernels::Compute<T>;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape_of(c.problem), axes.rows.view<W>(),
               axes.columns.view<W>(), c.write, c.scratch, c.stream);
    };
    auto list = candidates(run, CPU(Resample<float>, resample), REFERENCE(Resample, resample));
    for (Candidate& c : list) {
        c.make = [backward](const Problem& p) -> std::shared_ptr<void> {
            const Shape &x = p.in[0].shape, &y = p.out[0].shape;
            const auto taps = [&](std::size_t axis) {
                if (!backward) return resize_taps(x[axis], y[axis], p.as<ResizeAttrs>().kind);
                return transposed(resize_taps(y[axis], x[axis], p.as<ResizeAttrs>().kind), y[axis]);
            };
            return std::make_shared<Axes>(Axes{taps(1), taps(2)});
        };
        if (c.name == "cpu")
            c.scratch = [](const Problem& p, void*) {
                return kernels::cpu::resample_scratch_bytes(shape_of(p), p.threads);
            };
    }
    return list;
}

std::vector<Spec> of_that_size(const Problem& p) {
    const ResizeAttrs& a = p.as<ResizeAttrs>();
    return {Spec({p.in[0].shape[0], a.height, a.width, p.in[0].shape[3]}, p.in[0].dtype)};
}

/// 2 flops per tap; about as many taps as the larger picture has pixels to the smaller one's, times the window.
Cost cost(const Problem& p) {
    const kernels::ResampleShape s = shape_of(p);
    const double window = p.as<ResizeAttrs>().kind == ResizeKind::lanczos ? 6 : 2;
    const auto ratio = [&](std::int64_t in, std::int64_t out) {
        const double step = static_cast<double>(in) / static_cast<double>(out);
        const bool widens = p.as<ResizeAttrs>().kind != ResizeKind::bilinear;
        return widens && step > 1 ? step * window : window;
    };
    const double values = static_cast<double>(s.N * s.P * s.C);
    const double taps =
        values * (static_cast<double>(s.W) * ratio(s.H, s.P) + static_cast<double>(s.Q) * ratio(s.W, s.Q));
    return {2 * taps, static_cast<double>(p.in[0].bytes() + p.out[0].bytes())};
}

Var resize_backward(Var x, Var dy, ResizeKind kind) {
    static const Op op{.name = "resize_backward", .infer = of_that_size, .candidates = resamplers(true), .cost = cost};
    return call(op, {dy}, ResizeAttrs{x.shape()[1], x.shape()[2], kind});
}

}  // namespace

Var resize(Var x, int height, int width, ResizeKind kind) {
    static const Op op{
        .name = "resize",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            require_nhwc("resize", p.in[0]);
            const ResizeAttrs& a = p.as<ResizeAttrs>();
            require(a.height > 0 && a.width > 0 && p.in[0].shape.size() > 0,
                    "resize: was asked for {} x {} of {}, expected at least one pixel", a.height, a.width,
                    to_string(p.in[0]));
            return of_that_size(p);
        },
        .candidates = resamplers(false),
        .cost = cost,
        .vjp = [](const VjpArgs& a) -> Gradients {
            return {resize_backward(a.in[0], a.dy(), a.as<ResizeAttrs>().kind)};
        },
    };
    return call(op, {x}, ResizeAttrs{height, width, kind});
}

}  // namespace gradus
