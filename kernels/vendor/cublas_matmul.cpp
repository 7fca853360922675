#include "kernels/vendor/cublas_matmul.h"

namespace gradus::kernels::vendor {

// cuBLAS reads matrices column by column: what lies row by row is there the transposed matrix. So it is asked for
// y^T = b^T a^T, whose operands and result need no copy.
const char* cublas_matmul(const Cublas& call, CublasHandle handle, const float* a, const float* b, float* y,
                          const MatmulShape& z, std::int64_t batch, bool tf32, Write write, std::byte* scratch) {
    static constexpr float one = 1, zero = 0;
    const auto i = [](std::int64_t n) { return static_cast<int>(n); };
    const auto operation = [](bool transpose) {
        return transpose ? CublasOperation::transposed : CublasOperation::as_it_is;
    };
    auto* const workspace = scratch + (256 - reinterpret_cast<std::uintptr_t>(scratch) % 256) % 256;
    CublasStatus status = call.cublasSetWorkspace_v2(handle, workspace, cublas_scratch_bytes - 256);
    if (status == CublasStatus::success)
        status = call.cublasGemmStridedBatchedEx(
            handle, operation(z.transpose_b), operation(z.transpose_a), i(z.N), i(z.M), i(z.K), &one, b,
            CublasType::f32, i(z.transpose_b ? z.K : z.N), z.K * z.N, a, CublasType::f32, i(z.transpose_a ? z.M : z.K),
            z.M * z.K, write == Write::accumulate ? &one : &zero, y, CublasType::f32, i(z.N), z.M * z.N, i(batch),
            tf32 ? CublasCompute::tf32 : CublasCompute::f32, CublasAlgorithm::chosen);
    return status == CublasStatus::success ? nullptr : call.cublasGetStatusString(status);
}

}  // namespace gradus::kernels::vendor
