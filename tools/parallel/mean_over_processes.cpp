#include <cstring>

#include "engine/op.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "tools/parallel/group.h"
#include "tools/parallel/processes.h"

namespace gradus {
namespace {

void exchange(const Call& c) {
    const Spec& spec = c.out[0].spec;
    void* y = c.out[0].data;
    if (y != c.in[0].data) std::memcpy(y, c.in[0].data, spec.bytes());
    const Group& group = *c.problem.as<std::shared_ptr<const Group>>();
    if (spec.dtype == DType::f32)
        group.mean(static_cast<float*>(y), spec.shape.size());
    else
        group.mean(static_cast<double*>(y), spec.shape.size());
}

Candidate on_the_processor(const char* name) {
    Candidate c;
    c.name = name;
    c.run = exchange;
    c.strided = false;
    return c;
}

}  // namespace

Var mean_over_processes(Var x, const Processes& processes) {
    // GPUs would exchange by NCCL, without a way over the host: another candidate, for DeviceKind::cuda. The same
    // kernel is the reference, too: whoever asks for reference kernels only must still exchange.
    static const Op op{.name = "mean_over_processes",
                       .infer = [](const Problem& p) -> std::vector<Spec> {
                           require(p.in[0].dtype == DType::f32 || p.in[0].dtype == DType::f64,
                                   "mean_over_processes: was given {}, expected f32 or f64", to_string(p.in[0]));
                           return like_first(p);
                       },
                       .candidates = {on_the_processor("mpi"), on_the_processor("reference")},
                       .cost = per_element(1, 4),
                       .in_place = {0}};
    if (!processes.group_) return x;
    return call(op, {x}, processes.group_);
}

}  // namespace gradus
