#include "kernels/cuda/probe.h"
#include "kernels/cuda/ptx/arch.cuh"

namespace gradus::kernels::GRADUS_CUDA {

#if defined(GRADUS_CUDA_ON_CPU)

const char* probe() { return nullptr; }
int architecture() { return 90; }
bool has_wgmma() { return true; }

#else

namespace {

// Never launched. How much shared memory it declares tells the host for which architecture it was compiled.
constexpr std::size_t mark = 8192;
__global__ void marked_kernel() {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    __shared__ volatile char bytes[mark];
    bytes[threadIdx.x] = 0;
#endif
}

cudaFuncAttributes attributes_of_code(cudaError_t& status) {
    cudaFuncAttributes attributes = {};
    status = cudaFuncGetAttributes(&attributes, marked_kernel);
    if (status != cudaSuccess) cudaGetLastError();
    return attributes;
}

}  // namespace

const char* probe() {
    cudaError_t status = cudaSuccess;
    attributes_of_code(status);
    return status == cudaSuccess ? nullptr : cudaGetErrorString(status);
}
int architecture() {
    cudaError_t status = cudaSuccess;
    return attributes_of_code(status).ptxVersion;
}
bool has_wgmma() {
    cudaError_t status = cudaSuccess;
    return attributes_of_code(status).sharedSizeBytes >= mark;
}

#endif

}  // namespace gradus::kernels::GRADUS_CUDA
