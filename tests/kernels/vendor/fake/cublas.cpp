// cuBLAS as gradus calls it, on the host's memory, as plain loops over matrices that lie column by column.
#include <cstdint>

#include "kernels/vendor/cublas_functions.h"

namespace gradus::kernels::vendor {

struct CublasHandleBody {
    void* workspace = nullptr;
};

extern "C" {

CublasStatus cublasGetProperty(CublasProperty property, int* value) {
    *value = 13 + static_cast<int>(property);
    return CublasStatus::success;
}
const char* cublasGetStatusString(CublasStatus) { return "FAKE_CUBLAS_FAILED"; }
CublasStatus cublasCreate_v2(CublasHandle* handle) {
    static CublasHandleBody only;
    *handle = &only;
    return CublasStatus::success;
}
CublasStatus cublasSetStream_v2(CublasHandle, void*) { return CublasStatus::success; }
CublasStatus cublasSetWorkspace_v2(CublasHandle handle, void* workspace, std::size_t) {
    handle->workspace = workspace;
    return reinterpret_cast<std::uintptr_t>(workspace) % 256 == 0 ? CublasStatus::success : CublasStatus{7};
}
CublasStatus cublasGemmStridedBatchedEx(CublasHandle handle, CublasOperation of_a, CublasOperation of_b, int m, int n,
                                        int k, const void* alpha, const void* a, CublasType, int lda,
                                        long long stride_a, const void* b, CublasType, int ldb, long long stride_b,
                                        const void* beta, void* c, CublasType, int ldc, long long stride_c, int batch,
                                        CublasCompute, CublasAlgorithm) {
    const auto at = [](CublasOperation operation, int row, int column, int ld) {
        return operation == CublasOperation::as_it_is ? row + static_cast<long long>(column) * ld
                                                      : column + static_cast<long long>(row) * ld;
    };
    const bool a_is_high = of_a == CublasOperation::as_it_is, b_is_high = of_b == CublasOperation::as_it_is;
    if (!handle->workspace || lda < (a_is_high ? m : k) || ldb < (b_is_high ? k : n) || ldc < m) return CublasStatus{7};
    for (int i = 0; i < batch; ++i) {
        const float* A = static_cast<const float*>(a) + i * stride_a;
        const float* B = static_cast<const float*>(b) + i * stride_b;
        float* C = static_cast<float*>(c) + i * stride_c;
        for (int row = 0; row < m; ++row)
            for (int column = 0; column < n; ++column) {
                double sum = 0;
                for (int j = 0; j < k; ++j)
                    sum += static_cast<double>(A[at(of_a, row, j, lda)]) * B[at(of_b, j, column, ldb)];
                float& y = C[row + static_cast<long long>(column) * ldc];
                const float kept = *static_cast<const float*>(beta);
                y = static_cast<float>(*static_cast<const float*>(alpha) * sum) + (kept == 0 ? 0 : kept * y);
            }
    }
    return CublasStatus::success;
}

}  // extern "C"

}  // namespace gradus::kernels::vendor
