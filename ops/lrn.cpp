#include "ops/lrn.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"

namespace gradus {
namespace {

/// Our own kernels hold a window's margins in a buffer of fixed size.
std::vector<Candidate> with_size_limit(std::vector<Candidate> list) {
    for (Candidate& candidate : list) {
        if (candidate.name != "cpu") continue;
        candidate.declines = [storage = candidate.declines](const Problem& p) {
            const int size = p.as<LrnOptions>().size;
            if (size <= kernels::cpu::lrn_most_size) return storage(p);
            return fmt::format("the size is {}, at most {} is taken", size, kernels::cpu::lrn_most_size);
        };
    }
    return list;
}

/// As many flops per element as there are for a window of this size, and so many values read or written.
std::function<Cost(const Problem&)> cost(double sums, double more, double values) {
    return [=](const Problem& p) { return per_element(sums * p.as<LrnOptions>().size + more, values)(p); };
}

Var lrn_backward(Var x, Var dy, const LrnOptions& options) {
    static const auto run = []<class T>(kernels::LrnBackward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pixels<T>(c.out[0]), shape.pixels(),
               shape.channels(), c.problem.as<LrnOptions>(), c.write, c.stream);
    };
    static const Op op{
        .name = "lrn_backward",
        .infer = like_first,
        .candidates =
            with_size_limit(candidates(run, CUDA(LrnBackward<bf16>, lrn_backward),
                                       CUDA(LrnBackward<float>, lrn_backward), CPU(LrnBackward<float>, lrn_backward),
                                       CPU(LrnBackward<bf16>, lrn_backward), REFERENCE(LrnBackward, lrn_backward))),
        .cost = cost(2, 20, 3),
    };
    return call(op, {x, dy}, options);
}

}  // namespace

Var lrn(Var x, const LrnOptions& options) {
    static const auto run = []<class T>(kernels::Lrn<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape.pixels(), shape.channels(),
               c.problem.as<LrnOptions>(), c.stream);
    };
    static const Op op{
        .name = "lrn",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const int size = p.as<LrnOptions>().size;
            require(size > 0 && size % 2 == 1, "lrn: the size is {}, expected an odd number of channels", size);
            return like_first(p);
        },
        .candidates = with_size_limit(candidates(run, CUDA(Lrn<bf16>, lrn), CUDA(Lrn<float>, lrn), CPU(Lrn<float>, lrn),
                                                 CPU(Lrn<bf16>, lrn), REFERENCE(Lrn, lrn))),
        .cost = cost(1, 10, 2),
        .vjp = [](const VjpArgs& a) -> Gradients { return {lrn_backward(a.in[0], a.dy(), a.as<LrnOptions>())}; },
    };
    return call(op, {x}, options);
}

}  // namespace gradus
