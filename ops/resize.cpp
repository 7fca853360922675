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

/// The taps of both axes, and a copy of them where kernels of another device than the processor read them.
struct Axes {
    TapTable rows, columns;
    Buffer memory = {};
    kernels::Taps<float> rows_there = {}, columns_there = {};

    void bring_to(Device& device) {
        std::vector<std::byte> bytes;
        const auto put = [&](const auto& values) {
            const std::size_t at = bytes.size();
            const auto* first = reinterpret_cast<const std::byte*>(values.data());
            bytes.insert(bytes.end(), first, first + values.size() * sizeof(values[0]));
            return at;
        };
        std::size_t places[6], n = 0;
        for (const TapTable* axis : {&rows, &columns}) {
            places[n++] = put(axis->first);
            places[n++] = put(axis->count);
            places[n++] = put(axis->weights_f32);
        }
        memory = Buffer(device, bytes.size());
        device.copy_from_host(memory.data(), bytes.data(), bytes.size());
        const auto taps_at = [&](const TapTable& axis, const std::size_t* at) -> kernels::Taps<float> {
            const auto* start = static_cast<const std::byte*>(memory.data());
            return {axis.width, reinterpret_cast<const std::int32_t*>(start + at[0]),
                    reinterpret_cast<const std::int32_t*>(start + at[1]),
                    reinterpret_cast<const float*>(start + at[2])};
        };
        rows_there = taps_at(rows, places);
        columns_there = taps_at(columns, places + 3);
    }
    template <class W>
    kernels::Taps<W> rows_for_kernel() const {
        if constexpr (std::is_same_v<W, float>)
            if (memory.data()) return rows_there;
        return rows.view<W>();
    }
    template <class W>
    kernels::Taps<W> columns_for_kernel() const {
        if constexpr (std::is_same_v<W, float>)
            if (memory.data()) return columns_there;
        return columns.view<W>();
    }
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
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape_of(c.problem), axes.rows_for_kernel<W>(),
               axes.columns_for_kernel<W>(), c.write, c.scratch, c.stream);
    };
    auto list = candidates(run, CUDA(Resample<float>, resample), CUDA(Resample<bf16>, resample),
                           CPU(Resample<float>, resample), REFERENCE(Resample, resample));
    for (Candidate& c : list) {
        c.make = [backward](const Problem& p) -> std::shared_ptr<void> {
            const Shape &x = p.in[0].shape, &y = p.out[0].shape;
            const auto taps = [&](std::size_t axis) {
                if (!backward) return resize_taps(x[axis], y[axis], p.as<ResizeAttrs>().kind);
                return transposed(resize_taps(y[axis], x[axis], p.as<ResizeAttrs>().kind), y[axis]);
            };
            auto axes = std::make_shared<Axes>();
            axes->rows = taps(1);
            axes->columns = taps(2);
            if (p.device->kind() != DeviceKind::cpu) axes->bring_to(*p.device);
            return axes;
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
