#include <cstring>

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "tools/parallel/gpu_group.h"
#include "tools/parallel/group.h"
#include "tools/parallel/processes.h"

namespace gradus {
namespace {

const Group& group_of(const Problem& p) { return *p.as<std::shared_ptr<const Group>>(); }

/// f(x, y, how many values), with pointers of their type.
template <class F>
void with_values(const Call& c, F f) {
    const Spec& spec = c.out[0].spec;
    if (spec.dtype == DType::f32)
        f(pointer<const float>(c.in[0]), pointer<float>(c.out[0]), spec.shape.size());
    else
        f(pointer<const double>(c.in[0]), pointer<double>(c.out[0]), spec.shape.size());
}

void by_mpi(const Call& c) {
    with_values(c, [&](const auto* x, auto* y, std::int64_t n) {
        if (y != x) std::memcpy(y, x, static_cast<std::size_t>(n) * sizeof(*y));
        group_of(c.problem).mean(y, n);
    });
}

Candidate mpi(const char* name, DeviceKind on) {
    Candidate c;
    c.name = name;
    c.on = on;
    c.run = by_mpi;
    c.strided = false;
    return c;
}

/// From GPU to GPU. The GPUs meet when the first plan is made that needs it.
Candidate from_gpu_to_gpu() {
    Candidate c;
    c.name = "nccl";
    c.on = DeviceKind::cuda;
    c.strided = false;
    c.declines = [](const Problem&) { return nccl().why_not; };
    c.make = [](const Problem& p) { return std::const_pointer_cast<GpuGroup>(group_of(p).on_gpus()); };
    c.run = [](const Call& call) {
        with_values(call, [&](const auto* x, auto* y, std::int64_t n) {
            static_cast<const GpuGroup*>(call.state)->mean(x, y, n, call.stream.native);
        });
    };
    return c;
}

}  // namespace

Var mean_over_processes(Var x, const Processes& processes) {
    // MPI's kernel is the reference, too: whoever asks for reference kernels only must still exchange.
    static const Op op{.name = "mean_over_processes",
                       .infer = [](const Problem& p) -> std::vector<Spec> {
                           require(p.in[0].dtype == DType::f32 || p.in[0].dtype == DType::f64,
                                   "mean_over_processes: was given {}, expected f32 or f64", to_string(p.in[0]));
                           return like_first(p);
                       },
                       .candidates = {from_gpu_to_gpu(), mpi("mpi", DeviceKind::cuda_on_cpu),
                                      mpi("mpi", DeviceKind::cpu), mpi("reference", DeviceKind::cpu)},
                       .cost = per_element(1, 4),
                       .in_place = {0}};
    if (!processes.group_) return x;
    return call(op, {x}, processes.group_);
}

}  // namespace gradus
