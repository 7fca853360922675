#include "ops/matmul_candidates.h"

#include <algorithm>
#include <climits>

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/copy.h"
#include "ops/tensor_cores.h"

#if GRADUS_HAVE_CUDA
#include "kernels/vendor/cublas_matmul.h"
#endif

namespace gradus {
namespace {

/// What copies on the device.
kernels::Copy* copy_on(DeviceKind device) {
    static kernels::Copy* const on_cpu = GRADUS_PICK(kernels::Copy, copy);
#if GRADUS_HAVE_CUDA
    if (device == DeviceKind::cuda) return &kernels::cuda::copy;
#endif
    return device == DeviceKind::cuda_on_cpu ? &kernels::cuda_on_cpu::copy : on_cpu;
}

/// The bias, where there is one, fills every row of the output first: then the product is to be added to it.
Write begin_with_bias(const Call& c, std::int64_t rows) {
    if (c.in.size() < 3) return c.write;
    const auto row = static_cast<std::int64_t>(c.in[2].spec.bytes());
    copy_on(c.problem.device->kind())(pointer<const std::byte>(c.in[2]), 0, pointer<std::byte>(c.out[0]), row, rows,
                                      row, c.stream);
    return Write::accumulate;
}

/// cuBLAS; nothing where gradus is built without CUDA.
std::vector<Candidate> vendor_candidates([[maybe_unused]] Products (*products)(const Problem&)) {
#if GRADUS_HAVE_CUDA
    namespace vendor = kernels::vendor;
    // Asking for the stream also makes the GPU the current one, for which cuBLAS then starts.
    static const auto handle = [](const Problem& p, std::string& why_not) {
        return vendor::cublas_handle(p.device->stream(p.threads).native, why_not);
    };
    Candidate c;
    c.name = "vendor.cublas";
    c.on = DeviceKind::cuda;
    c.run = [products](const Call& call) {
        std::string error;
        const auto [z, batch] = products(call.problem);
        const Write write = begin_with_bias(call, batch * z.M);
        const char* failed =
            vendor::cublas_matmul(vendor::cublas().call, handle(call.problem, error), pointer<const float>(call.in[0]),
                                  pointer<const float>(call.in[1]), pointer<float>(call.out[0]), z, batch,
                                  call.problem.tf32, write, call.scratch);
        require(failed == nullptr, "matmul: cuBLAS failed at {}: {}", to_string(call.problem.in[0]),
                failed ? failed : "");
    };
    c.declines = [products](const Problem& p) {
        if (std::string wrong = wrong_storage<float>(p); !wrong.empty()) return wrong;
        const auto [z, batch] = products(p);
        if (std::max({z.M, z.N, z.K, batch}) > INT_MAX) return std::string("counts rows in 32 bits");
        std::string why_not;
        handle(p, why_not);
        return why_not;
    };
    c.accumulates = true;
    c.strided = false;
    c.scratch = [](const Problem&, void*) { return vendor::cublas_scratch_bytes; };
    return {c};
#else
    return {};
#endif
}

}  // namespace

std::vector<Candidate> matmul_candidates(Products (*products)(const Problem&)) {
    const auto run = [products]<class T>(kernels::Matmul<T>* kernel, const Call& c) {
        const auto [z, batch] = products(c.problem);
        const Write write = begin_with_bias(c, batch * z.M);
        for (std::int64_t i = 0; i < batch; ++i)
            kernel({pointer<const T>(c.in[0]) + i * z.M * z.K, z.transpose_a ? z.M : z.K},
                   {pointer<const T>(c.in[1]) + i * z.K * z.N, z.transpose_b ? z.K : z.N},
                   pointer<T>(c.out[0]) + i * z.M * z.N, z, write, c.scratch, c.stream);
    };
    auto list = candidates(run, CUDA_AS("cuda.mma", Matmul<float>, matmul_mma), CUDA(Matmul<float>, matmul),
                           CPU(Matmul<float>, matmul), REFERENCE_FOR(Matmul, matmul, float),
                           REFERENCE_FOR(Matmul, matmul, double));
    for (Candidate& candidate : list) {
        candidate.strided = false;
        if (candidate.name == "cpu")
            candidate.scratch = [products](const Problem& p, void*) {
                return GRADUS_PICK(kernels::cpu::MatmulScratchBytes, matmul_scratch_bytes)(products(p).shape,
                                                                                           p.threads);
            };
        if (candidate.name == "cuda")  // as much on a GPU as where the processor runs its kernels
            candidate.scratch = [products](const Problem& p, void*) {
                return kernels::cuda_on_cpu::matmul_scratch_bytes(products(p).shape);
            };
        if (candidate.name == "cuda.mma") {
            candidate.scratch = [products](const Problem& p, void*) {
                return kernels::cuda_on_cpu::matmul_mma_scratch_bytes(products(p).shape);
            };
            candidate.declines = [wrong = candidate.declines, products](const Problem& p) -> std::string {
                if (std::string reason = wrong(p); !reason.empty()) return reason;
                const char* reason = kernels::cuda_on_cpu::matmul_mma_declines(products(p).shape);
                return reason ? reason : "";
            };
            candidate = on_tensor_cores(std::move(candidate));
        }
    }
    for (Candidate& candidate : vendor_candidates(products)) list.push_back(std::move(candidate));
    return list;
}

std::function<Cost(const Problem&)> matmul_cost(Products (*products)(const Problem&)) {
    return [products](const Problem& p) {
        const auto [z, batch] = products(p);
        Cost cost{2.0 * static_cast<double>(batch * z.M * z.N) * static_cast<double>(z.K), 0};
        for (const auto* specs : {&p.in, &p.out})
            for (const Spec& spec : *specs)
                cost.bytes += static_cast<double>(spec.shape.size()) * static_cast<double>(size_of(spec.dtype));
        return cost;
    };
}

void require_one_float_type(std::string_view who, const Problem& p) {
    for (const Spec& in : p.in)
        require(in.dtype == p.in[0].dtype && (in.dtype == DType::f32 || in.dtype == DType::f64),
                "{}: was given {}, expected f32 like the other inputs", who, to_string(in));
}

}  // namespace gradus
