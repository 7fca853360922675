#pragma once
#include <cstddef>

// What gradus calls of cuBLAS 12 and 13: facts of its binary interface, in our own words, since nobody should need its
// headers. tests/kernels/vendor/interface_test.cpp holds them against those headers where they are.
namespace gradus::kernels::vendor {

using CublasHandle = struct CublasHandleBody*;  // a pointer to what only cuBLAS can look into

// Its enumerations, which C passes as int.
enum class CublasStatus : int { success = 0 };
enum class CublasOperation : int { as_it_is = 0, transposed = 1 };
enum class CublasType : int { f32 = 0 };
enum class CublasCompute : int { f32 = 68, tf32 = 77 };
enum class CublasAlgorithm : int { chosen = -1 };
enum class CublasProperty : int { major = 0, minor = 1, patch = 2 };

/// F(result, name, parameters) for each function; `stream` is a cudaStream_t. Matrices lie column by column.
#define GRADUS_CUBLAS_FUNCTIONS(F)                                                                            \
    F(CublasStatus, cublasGetProperty, (CublasProperty, int*))                                                \
    F(const char*, cublasGetStatusString, (CublasStatus))                                                     \
    F(CublasStatus, cublasCreate_v2, (CublasHandle*))                                                         \
    F(CublasStatus, cublasSetStream_v2, (CublasHandle, void* stream))                                         \
    F(CublasStatus, cublasSetWorkspace_v2, (CublasHandle, void* workspace, std::size_t))                      \
    F(CublasStatus, cublasGemmStridedBatchedEx,                                                               \
      (CublasHandle, CublasOperation, CublasOperation, int m, int n, int k, const void* alpha, const void* a, \
       CublasType, int lda, long long stride_a, const void* b, CublasType, int ldb, long long stride_b,       \
       const void* beta, void* c, CublasType, int ldc, long long stride_c, int batch, CublasCompute, CublasAlgorithm))

/// The functions themselves, null until they are loaded.
struct Cublas {
#define GRADUS_POINTER(result, name, parameters) result(*name) parameters = nullptr;
    GRADUS_CUBLAS_FUNCTIONS(GRADUS_POINTER)
#undef GRADUS_POINTER
};

}  // namespace gradus::kernels::vendor
