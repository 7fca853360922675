#include "ops/concat.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/copy.h"
#include "ops/slice_channels.h"

namespace gradus {
namespace {

/// Whether the shapes agree in all but the last extent.
bool side_by_side(const Shape& a, const Shape& b) {
    if (a.rank() != b.rank()) return false;
    for (std::size_t i = 0; i + 1 < a.rank(); ++i)
        if (a[i] != b[i]) return false;
    return true;
}

std::vector<Spec> infer(const Problem& p) {
    Spec y = p.in[0];
    std::int64_t channels = 0;
    for (const Spec& part : p.in) {
        require(part.dtype == y.dtype && side_by_side(part.shape, y.shape),
                "concat: was given {} and {}, expected the same type and the same extents but the last",
                to_string(p.in[0]), to_string(part));
        channels += part.shape.channels();
    }
    y.shape[y.shape.rank() - 1] = channels;
    return {Spec(y.shape, y.dtype)};
}

/// Copies the parts that are not where they go already.
void copy_parts(kernels::Copy* kernel, const Call& c) {
    const Spec& y = c.out[0].spec;
    const auto value = static_cast<std::int64_t>(size_of(y.dtype));
    auto* to = pointer<std::byte>(c.out[0]);
    for (const View& part : c.in) {
        const std::int64_t bytes = part.spec.shape.channels() * value;
        if (part.data != to)
            kernel(pointer<const std::byte>(part), part.spec.pixel_stride * value, to, y.pixel_stride * value,
                   y.shape.pixels(), bytes, c.stream);
        to += bytes;
    }
}

Gradients slices(const VjpArgs& a) {
    Gradients parts(a.in.size());
    int first = 0;
    for (std::size_t i = 0; i < a.in.size(); ++i) {
        const auto channels = static_cast<int>(a.in[i].shape().channels());
        if (a.wanted[i]) parts[i] = slice_channels(a.dy(), first, channels);
        first += channels;
    }
    return parts;
}

}  // namespace

Var concat(const std::vector<Var>& parts) {
    static const Op op{
        .name = "concat",
        .infer = infer,
        .candidates = candidates(copy_parts, CUDA(Copy, copy), CPU(Copy, copy),
                                 Entry<kernels::Copy>{"reference", DeviceKind::cpu, &kernels::reference::copy}),
        .cost =
            [](const Problem& p) {
                return Cost{0, 2.0 * static_cast<double>(p.out[0].bytes())};
            },
        .vjp = slices,
        .kind = OpKind::concat,
    };
    require(!parts.empty(), "concat: was given no parts, expected at least one");
    return parts.size() == 1 ? parts[0] : call(op, parts);
}

}  // namespace gradus
