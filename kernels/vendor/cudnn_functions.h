#pragma once
#include <cstddef>

// What gradus calls of cuDNN 9: facts of its binary interface, in our own words, since nobody should need its headers.
// tests/kernels/vendor/interface_test.cpp holds them against those headers where they are.
namespace gradus::kernels::vendor {

// Pointers to what only cuDNN can look into.
using CudnnHandle = struct CudnnHandleBody*;
using CudnnTensor = struct CudnnTensorBody*;
using CudnnFilter = struct CudnnFilterBody*;
using CudnnConvolution = struct CudnnConvolutionBody*;
using CudnnActivation = struct CudnnActivationBody*;

// Its enumerations, which C passes as int.
enum class CudnnStatus : int { success = 0 };
enum class CudnnType : int { f32 = 0, bf16 = 9 };
enum class CudnnFormat : int { nhwc = 1 };
enum class CudnnMath : int { any = 0, tensor_cores = 1, f32_only = 3 };
enum class CudnnMode : int { cross_correlation = 1 };
enum class CudnnDeterminism : int { no = 0, yes = 1 };
enum class CudnnActivationMode : int { relu = 1, identity = 5 };
enum class CudnnNan : int { not_propagated = 0 };

/// What cuDNN thinks of one algorithm. It has three such structs, one per direction, which are alike.
struct CudnnPerf {
    int algorithm;
    CudnnStatus status;
    float milliseconds;
    std::size_t memory;
    CudnnDeterminism deterministic;
    CudnnMath math;
    int reserved[3];
};

/// F(result, name, parameters) for each function; `stream` is a cudaStream_t.
#define GRADUS_CUDNN_FUNCTIONS(F)                                                                                      \
    F(std::size_t, cudnnGetVersion, ())                                                                                \
    F(const char*, cudnnGetErrorString, (CudnnStatus))                                                                 \
    F(CudnnStatus, cudnnCreate, (CudnnHandle*))                                                                        \
    F(CudnnStatus, cudnnSetStream, (CudnnHandle, void* stream))                                                        \
    F(CudnnStatus, cudnnCreateTensorDescriptor, (CudnnTensor*))                                                        \
    F(CudnnStatus, cudnnSetTensor4dDescriptor, (CudnnTensor, CudnnFormat, CudnnType, int n, int c, int h, int w))      \
    F(CudnnStatus, cudnnCreateFilterDescriptor, (CudnnFilter*))                                                        \
    F(CudnnStatus, cudnnSetFilter4dDescriptor, (CudnnFilter, CudnnType, CudnnFormat, int k, int c, int r, int s))      \
    F(CudnnStatus, cudnnCreateActivationDescriptor, (CudnnActivation*))                                                \
    F(CudnnStatus, cudnnSetActivationDescriptor, (CudnnActivation, CudnnActivationMode, CudnnNan, double limit))       \
    F(CudnnStatus, cudnnCreateConvolutionDescriptor, (CudnnConvolution*))                                              \
    F(CudnnStatus, cudnnSetConvolution2dDescriptor,                                                                    \
      (CudnnConvolution, int pad_h, int pad_w, int stride_h, int stride_w, int dilation_h, int dilation_w, CudnnMode,  \
       CudnnType sums))                                                                                                \
    F(CudnnStatus, cudnnSetConvolutionMathType, (CudnnConvolution, CudnnMath))                                         \
    F(CudnnStatus, cudnnSetConvolutionGroupCount, (CudnnConvolution, int groups))                                      \
    F(CudnnStatus, cudnnGetConvolutionForwardAlgorithm_v7,                                                             \
      (CudnnHandle, CudnnTensor x, CudnnFilter w, CudnnConvolution, CudnnTensor y, int asked, int* given, CudnnPerf*)) \
    F(CudnnStatus, cudnnGetConvolutionForwardWorkspaceSize,                                                            \
      (CudnnHandle, CudnnTensor x, CudnnFilter w, CudnnConvolution, CudnnTensor y, int algorithm, std::size_t*))       \
    F(CudnnStatus, cudnnConvolutionForward,                                                                            \
      (CudnnHandle, const void* alpha, CudnnTensor, const void* x, CudnnFilter, const void* w, CudnnConvolution,       \
       int algorithm, void* workspace, std::size_t, const void* beta, CudnnTensor, void* y))                           \
    F(CudnnStatus, cudnnConvolutionBiasActivationForward,                                                              \
      (CudnnHandle, const void* alpha, CudnnTensor, const void* x, CudnnFilter, const void* w, CudnnConvolution,       \
       int algorithm, void* workspace, std::size_t, const void* beta, CudnnTensor, const void* z, CudnnTensor,         \
       const void* bias, CudnnActivation, CudnnTensor, void* y))                                                       \
    F(CudnnStatus, cudnnGetConvolutionBackwardDataAlgorithm_v7,                                                        \
      (CudnnHandle, CudnnFilter w, CudnnTensor dy, CudnnConvolution, CudnnTensor dx, int asked, int* given,            \
       CudnnPerf*))                                                                                                    \
    F(CudnnStatus, cudnnGetConvolutionBackwardDataWorkspaceSize,                                                       \
      (CudnnHandle, CudnnFilter w, CudnnTensor dy, CudnnConvolution, CudnnTensor dx, int algorithm, std::size_t*))     \
    F(CudnnStatus, cudnnConvolutionBackwardData,                                                                       \
      (CudnnHandle, const void* alpha, CudnnFilter, const void* w, CudnnTensor, const void* dy, CudnnConvolution,      \
       int algorithm, void* workspace, std::size_t, const void* beta, CudnnTensor, void* dx))                          \
    F(CudnnStatus, cudnnGetConvolutionBackwardFilterAlgorithm_v7,                                                      \
      (CudnnHandle, CudnnTensor x, CudnnTensor dy, CudnnConvolution, CudnnFilter dw, int asked, int* given,            \
       CudnnPerf*))                                                                                                    \
    F(CudnnStatus, cudnnGetConvolutionBackwardFilterWorkspaceSize,                                                     \
      (CudnnHandle, CudnnTensor x, CudnnTensor dy, CudnnConvolution, CudnnFilter dw, int algorithm, std::size_t*))     \
    F(CudnnStatus, cudnnConvolutionBackwardFilter,                                                                     \
      (CudnnHandle, const void* alpha, CudnnTensor, const void* x, CudnnTensor, const void* dy, CudnnConvolution,      \
       int algorithm, void* workspace, std::size_t, const void* beta, CudnnFilter, void* dw))

/// The functions themselves, null until they are loaded.
struct Cudnn {
#define GRADUS_POINTER(result, name, parameters) result(*name) parameters = nullptr;
    GRADUS_CUDNN_FUNCTIONS(GRADUS_POINTER)
#undef GRADUS_POINTER
};

}  // namespace gradus::kernels::vendor
