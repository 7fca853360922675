#include "ops/slice.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/copy.h"
#include "kernels/widen.h"
#include "ops/slice_channels.h"

namespace gradus {
namespace {

struct SliceAttrs {
    int axis = 0, first = 0, count = 0;
    Shape x = {};
};

/// An axis of a dense tensor cuts it into `outer` blocks of (extent of the axis) times `inner` contiguous values.
struct Blocks {
    std::int64_t outer = 1, inner = 1;
};
Blocks blocks(const SliceAttrs& a) {
    Blocks b;
    for (std::size_t i = 0; i < a.x.rank(); ++i) {
        if (static_cast<int>(i) < a.axis) b.outer *= a.x[i];
        if (static_cast<int>(i) > a.axis) b.inner *= a.x[i];
    }
    return b;
}

std::int64_t extent(const SliceAttrs& a) { return a.x[static_cast<std::size_t>(a.axis)]; }

/// The kernels see blocks, not pixels: no gaps.
std::vector<Candidate> dense(std::vector<Candidate> list) {
    for (Candidate& candidate : list) candidate.strided = false;
    return list;
}

Cost bytes_of_slice(const Problem& p) { return {0, 2.0 * static_cast<double>(p.out[0].bytes())}; }

Var slice_backward(Var dy, const SliceAttrs& attrs) {
    static const auto run = []<class T>(kernels::Widen<T>* kernel, const Call& c) {
        const auto& a = c.problem.as<SliceAttrs>();
        const auto [outer, inner] = blocks(a);
        kernel({pointer<const T>(c.in[0]), a.count * inner}, {pointer<T>(c.out[0]), extent(a) * inner}, outer,
               extent(a) * inner, a.first * inner, a.count * inner, c.write, c.stream);
    };
    static const Op op{
        .name = "slice_backward",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {Spec(p.as<SliceAttrs>().x, p.in[0].dtype)}; },
        .candidates = dense(candidates(run, CUDA(Widen<float>, widen), CUDA(Widen<bf16>, widen),
                                       CPU(Widen<float>, widen), CPU(Widen<bf16>, widen), REFERENCE(Widen, widen))),
        .cost =
            [](const Problem& p) {
                return Cost{0, static_cast<double>(p.in[0].bytes()) + static_cast<double>(p.out[0].bytes())};
            },
    };
    return call(op, {dy}, attrs);
}

void copy_blocks(kernels::Copy* kernel, const Call& c) {
    const auto& a = c.problem.as<SliceAttrs>();
    const auto [outer, inner] = blocks(a);
    const auto value = static_cast<std::int64_t>(size_of(c.out[0].spec.dtype));
    kernel(pointer<const std::byte>(c.in[0]) + a.first * inner * value, extent(a) * inner * value,
           pointer<std::byte>(c.out[0]), a.count * inner * value, outer, a.count * inner * value, c.stream);
}

Op slice_op(OpKind kind) {
    return {
        .name = "slice",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const auto& a = p.as<SliceAttrs>();
            Shape y = a.x;
            y[static_cast<std::size_t>(a.axis)] = a.count;
            return {Spec(y, p.in[0].dtype)};
        },
        .candidates = dense(candidates(copy_blocks, CUDA(Copy, copy), CPU(Copy, copy),
                                       Entry<kernels::Copy>{"reference", DeviceKind::cpu, &kernels::reference::copy})),
        .cost = bytes_of_slice,
        .vjp = [](const VjpArgs& g) -> Gradients { return {slice_backward(g.dy(), g.as<SliceAttrs>())}; },
        .kind = kind,
        .view_offset = [](const Problem& p) { return p.as<SliceAttrs>().first * blocks(p.as<SliceAttrs>()).inner; },
    };
}

}  // namespace

Var slice(Var x, int axis, int first, int count) {
    static const Op view = slice_op(OpKind::flat_view), copy = slice_op(OpKind::compute);
    const auto rank = static_cast<int>(x.shape().rank());
    require(axis >= 0 && axis < rank, "slice: there is no axis {} in {}, expected 0 to {}", axis, to_string(x.spec()),
            rank - 1);
    const SliceAttrs attrs{axis, first, count, x.shape()};
    require(first >= 0 && count > 0 && first + std::int64_t{count} <= extent(attrs),
            "slice: was asked for {} entries from entry {} along axis {} of {}", count, first, axis,
            to_string(x.spec()));
    if (axis + 1 == rank) return slice_channels(x, first, count);
    return call(blocks(attrs).outer == 1 ? view : copy, {x}, attrs);
}

}  // namespace gradus
