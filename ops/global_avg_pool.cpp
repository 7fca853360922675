#include "ops/global_avg_pool.h"

#include "engine/candidates.h"
#include "kernels/global_avg_pool.h"
#include "ops/nhwc.h"

namespace gradus {
namespace {

Var global_avg_pool_backward(Var dy, const Shape& x) {
    static const auto run = []<class T>(kernels::GlobalAvgPoolBackward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape[0], shape[1] * shape[2], shape[3], c.write,
               c.stream);
    };
    static const Op op{
        .name = "global_avg_pool_backward",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {Spec(p.as<Shape>(), p.in[0].dtype)}; },
        .candidates = candidates(run, CUDA(GlobalAvgPoolBackward<bf16>, global_avg_pool_backward),
                                 CUDA(GlobalAvgPoolBackward<float>, global_avg_pool_backward),
                                 CPU(GlobalAvgPoolBackward<float>, global_avg_pool_backward),
                                 CPU(GlobalAvgPoolBackward<bf16>, global_avg_pool_backward),
                                 REFERENCE(GlobalAvgPoolBackward, global_avg_pool_backward)),
        .cost = read_and_write(1),
    };
    return call(op, {dy}, x);
}

}  // namespace

Var global_avg_pool(Var x) {
    static const auto run = []<class T>(kernels::GlobalAvgPool<T>* kernel, const Call& c) {
        const Shape& shape = c.in[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape[0], shape[1] * shape[2], shape[3], c.scratch,
               c.stream);
    };
    static const Op op = [] {
        Op made{
            .name = "global_avg_pool",
            .infer = [](const Problem& p) -> std::vector<Spec> {
                require_nhwc("global_avg_pool", p.in[0]);
                return {Spec({p.in[0].shape[0], 1, 1, p.in[0].shape[3]}, p.in[0].dtype)};
            },
            .candidates =
                candidates(run, CUDA(GlobalAvgPool<bf16>, global_avg_pool), CUDA(GlobalAvgPool<float>, global_avg_pool),
                           CPU(GlobalAvgPool<float>, global_avg_pool), CPU(GlobalAvgPool<bf16>, global_avg_pool),
                           REFERENCE(GlobalAvgPool, global_avg_pool)),
            .cost = read_and_write(1),
            .vjp = [](const VjpArgs& a) -> Gradients { return {global_avg_pool_backward(a.dy(), a.in[0].shape())}; },
        };
        for (Candidate& c : made.candidates)
            if (c.on != DeviceKind::cpu)
                c.scratch = [](const Problem& p, void*) {
                    const Shape& shape = p.in[0].shape;
                    const std::int64_t shares =
                        kernels::cuda_global_avg_pool_shares(shape[0], shape[1] * shape[2], shape[3]);
                    return shares > 1 ? static_cast<std::size_t>(shape[0] * shape[3] * shares) * sizeof(double) : 0;
                };
        return made;
    }();
    return call(op, {x});
}

}  // namespace gradus
