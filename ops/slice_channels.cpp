#include "ops/slice_channels.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/copy.h"
#include "kernels/widen.h"

namespace gradus {
namespace {

struct Channels {
    std::int64_t first = 0, count = 0, all = 0;
};

Shape with_channels(Shape shape, std::int64_t channels) {
    shape[shape.rank() - 1] = channels;
    return shape;
}

Var widen(Var dy, const Channels& channels) {
    static const auto run = []<class T>(kernels::Widen<T>* kernel, const Call& c) {
        const auto& s = c.problem.as<Channels>();
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), c.out[0].spec.shape.pixels(), s.all, s.first, s.count,
               c.write, c.stream);
    };
    static const Op op{
        .name = "slice_channels_backward",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            return {Spec(with_channels(p.in[0].shape, p.as<Channels>().all), p.in[0].dtype)};
        },
        .candidates = candidates(run, CUDA(Widen<float>, widen), CUDA(Widen<bf16>, widen), CPU(Widen<float>, widen),
                                 CPU(Widen<bf16>, widen), REFERENCE(Widen, widen)),
        .cost =
            [](const Problem& p) {
                return Cost{0, static_cast<double>(p.in[0].bytes()) + static_cast<double>(p.out[0].bytes())};
            },
    };
    return call(op, {dy}, channels);
}

void copy_channels(kernels::Copy* kernel, const Call& c) {
    const Spec &x = c.in[0].spec, &y = c.out[0].spec;
    const auto value = static_cast<std::int64_t>(size_of(y.dtype));
    kernel(pointer<const std::byte>(c.in[0]) + c.problem.as<Channels>().first * value, x.pixel_stride * value,
           pointer<std::byte>(c.out[0]), y.pixel_stride * value, y.shape.pixels(), y.shape.channels() * value,
           c.stream);
}

}  // namespace

Var slice_channels(Var x, int first, int count) {
    static const Op op{
        .name = "slice_channels",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const auto& s = p.as<Channels>();
            require(p.in[0].shape.rank() > 0 && s.first >= 0 && s.count > 0 && s.first + s.count <= s.all,
                    "slice_channels: was asked for {} channels from channel {} of {}", s.count, s.first,
                    to_string(p.in[0]));
            return {Spec(with_channels(p.in[0].shape, s.count), p.in[0].dtype)};
        },
        .candidates = candidates(copy_channels, CUDA(Copy, copy), CPU(Copy, copy),
                                 Entry<kernels::Copy>{"reference", DeviceKind::cpu, &kernels::reference::copy}),
        .cost =
            [](const Problem& p) {
                return Cost{0, 2.0 * static_cast<double>(p.out[0].bytes())};
            },
        .vjp = [](const VjpArgs& a) -> Gradients { return {widen(a.dy(), a.as<Channels>())}; },
        .kind = OpKind::channel_slice,
        .view_offset = [](const Problem& p) { return p.as<Channels>().first; },
    };
    return call(op, {x}, Channels{first, count, x.shape().channels()});
}

}  // namespace gradus
