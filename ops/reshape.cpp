#include "ops/reshape.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/copy.h"

namespace gradus {
namespace {

/// For when the result cannot be a view: somebody writes into x before the result is read.
std::vector<Candidate> copies() {
    static const auto run = [](kernels::Copy* kernel, const Call& c) {
        const auto bytes = static_cast<std::int64_t>(c.out[0].spec.bytes());
        kernel(pointer<const std::byte>(c.in[0]), bytes, pointer<std::byte>(c.out[0]), bytes, 1, bytes, c.stream);
    };
    auto list = candidates(run, CUDA(Copy, copy), CPU(Copy, copy),
                           Entry<kernels::Copy>{"reference", DeviceKind::cpu, &kernels::reference::copy});
    for (Candidate& candidate : list) candidate.strided = false;
    return list;
}

}  // namespace

Var reshape(Var x, const Shape& shape) {
    static const Op op{
        .name = "reshape",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const Shape& y = p.as<Shape>();
            require(y.size() == p.in[0].shape.size(), "reshape: {} has {} values and {} has {}, expected as many",
                    to_string(p.in[0]), p.in[0].shape.size(), to_string(y), y.size());
            return {Spec(y, p.in[0].dtype)};
        },
        .candidates = copies(),
        .cost =
            [](const Problem& p) {
                return Cost{0, 2.0 * static_cast<double>(p.out[0].bytes())};
            },
        .vjp = [](const VjpArgs& a) -> Gradients { return {reshape(a.dy(), a.in[0].shape())}; },
        .kind = OpKind::flat_view,
        .view_offset = [](const Problem&) { return std::int64_t{0}; },
    };
    return call(op, {x}, shape);
}

}  // namespace gradus
