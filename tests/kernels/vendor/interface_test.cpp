// Our declarations of cuDNN and cuBLAS against their own headers, where those are. A difference does not compile.
#include <doctest/doctest.h>

#include <cstddef>
#include <type_traits>

#include "kernels/vendor/cublas_functions.h"
#include "kernels/vendor/cudnn_functions.h"

#if __has_include(<cuda_runtime_api.h>) && __has_include(<cudnn.h>)
#include <cudnn.h>
#define GRADUS_CUDNN_HEADER
#endif
#if __has_include(<cuda_runtime_api.h>) && __has_include(<cublas_v2.h>)
#include <cublas_v2.h>
#define GRADUS_CUBLAS_HEADER
#endif

namespace {

namespace vendor = gradus::kernels::vendor;

// The two libraries' types in our words; enumerations, theirs and ours, as int.
template <class T>
struct InOurWords {
    using type = std::conditional_t<std::is_enum_v<T>, int, T>;
};
template <class T>
using Ours = typename InOurWords<T>::type;
template <class T>
struct InOurWords<const T> {
    using type = const Ours<T>;
};
template <class T>
struct InOurWords<T*> {
    using type = Ours<T>*;
};
template <class R, class... A>
struct InOurWords<R(A...)> {
    using type = Ours<R>(Ours<A>...);
};
#define SAME_TYPE(theirs, ours)                   \
    template <>                                   \
    struct InOurWords<theirs> {                   \
        using type = std::remove_pointer_t<ours>; \
    };
template <class F>
F* theirs(F*);
#define SAME_FUNCTION(result, name, parameters)                                              \
    static_assert(std::is_same_v<Ours<decltype(theirs(&::name))>, Ours<result parameters>*>, \
                  #name " has another signature");
#define SAME_VALUE(theirs, ours) static_assert(static_cast<int>(theirs) == static_cast<int>(vendor::ours))

}  // namespace

#if defined(GRADUS_CUDNN_HEADER)
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // there is no other interface this small
namespace {
SAME_TYPE(CUstream_st, void*)
SAME_TYPE(cudnnContext, vendor::CudnnHandle)
SAME_TYPE(cudnnTensorStruct, vendor::CudnnTensor)
SAME_TYPE(cudnnFilterStruct, vendor::CudnnFilter)
SAME_TYPE(cudnnConvolutionStruct, vendor::CudnnConvolution)
SAME_TYPE(cudnnActivationStruct, vendor::CudnnActivation)
SAME_TYPE(cudnnConvolutionFwdAlgoPerf_t, vendor::CudnnPerf*)
SAME_TYPE(cudnnConvolutionBwdDataAlgoPerf_t, vendor::CudnnPerf*)
SAME_TYPE(cudnnConvolutionBwdFilterAlgoPerf_t, vendor::CudnnPerf*)

using namespace vendor;
GRADUS_CUDNN_FUNCTIONS(SAME_FUNCTION)

SAME_VALUE(CUDNN_STATUS_SUCCESS, CudnnStatus::success);
SAME_VALUE(CUDNN_DATA_FLOAT, CudnnType::f32);
SAME_VALUE(CUDNN_DATA_BFLOAT16, CudnnType::bf16);
SAME_VALUE(CUDNN_TENSOR_NHWC, CudnnFormat::nhwc);
SAME_VALUE(CUDNN_DEFAULT_MATH, CudnnMath::any);
SAME_VALUE(CUDNN_TENSOR_OP_MATH, CudnnMath::tensor_cores);
SAME_VALUE(CUDNN_FMA_MATH, CudnnMath::f32_only);
SAME_VALUE(CUDNN_CROSS_CORRELATION, CudnnMode::cross_correlation);
SAME_VALUE(CUDNN_NON_DETERMINISTIC, CudnnDeterminism::no);
SAME_VALUE(CUDNN_DETERMINISTIC, CudnnDeterminism::yes);
SAME_VALUE(CUDNN_ACTIVATION_RELU, CudnnActivationMode::relu);
SAME_VALUE(CUDNN_ACTIVATION_IDENTITY, CudnnActivationMode::identity);
SAME_VALUE(CUDNN_NOT_PROPAGATE_NAN, CudnnNan::not_propagated);

template <class Theirs>
constexpr bool same_layout() {
    using Ours = vendor::CudnnPerf;
    return sizeof(Theirs) == sizeof(Ours) && offsetof(Theirs, algo) == offsetof(Ours, algorithm) &&
           offsetof(Theirs, status) == offsetof(Ours, status) &&
           offsetof(Theirs, time) == offsetof(Ours, milliseconds) &&
           offsetof(Theirs, memory) == offsetof(Ours, memory) &&
           offsetof(Theirs, determinism) == offsetof(Ours, deterministic) &&
           offsetof(Theirs, mathType) == offsetof(Ours, math);
}
static_assert(same_layout<cudnnConvolutionFwdAlgoPerf_t>());
static_assert(same_layout<cudnnConvolutionBwdDataAlgoPerf_t>());
static_assert(same_layout<cudnnConvolutionBwdFilterAlgoPerf_t>());
}  // namespace
#endif

#if defined(GRADUS_CUBLAS_HEADER)
namespace {
#if !defined(GRADUS_CUDNN_HEADER)
SAME_TYPE(CUstream_st, void*)
#endif
SAME_TYPE(cublasContext, vendor::CublasHandle)
// In C++ there are two of this name; the library has this one.
using Products = cublasStatus_t(cublasHandle_t, cublasOperation_t, cublasOperation_t, int, int, int, const void*,
                                const void*, cudaDataType, int, long long, const void*, cudaDataType, int, long long,
                                const void*, void*, cudaDataType, int, long long, int, cublasComputeType_t,
                                cublasGemmAlgo_t);
Products* theirs(Products*);

using namespace vendor;
GRADUS_CUBLAS_FUNCTIONS(SAME_FUNCTION)

SAME_VALUE(CUBLAS_STATUS_SUCCESS, CublasStatus::success);
SAME_VALUE(CUBLAS_OP_N, CublasOperation::as_it_is);
SAME_VALUE(CUBLAS_OP_T, CublasOperation::transposed);
SAME_VALUE(CUDA_R_32F, CublasType::f32);
SAME_VALUE(CUBLAS_COMPUTE_32F, CublasCompute::f32);
SAME_VALUE(CUBLAS_COMPUTE_32F_FAST_TF32, CublasCompute::tf32);
SAME_VALUE(CUBLAS_GEMM_DEFAULT, CublasAlgorithm::chosen);
SAME_VALUE(MAJOR_VERSION, CublasProperty::major);
SAME_VALUE(MINOR_VERSION, CublasProperty::minor);
SAME_VALUE(PATCH_LEVEL, CublasProperty::patch);
}  // namespace
#endif

TEST_SUITE("vendor libraries") {
    TEST_CASE("what is declared of them equals their own headers, where they are") {
        int compared = 0;
#if defined(GRADUS_CUDNN_HEADER)
        ++compared;
#endif
#if defined(GRADUS_CUBLAS_HEADER)
        ++compared;
#endif
        if (compared < 2) MESSAGE("of 2 headers ", compared, " were found when this file was compiled");
    }
}
