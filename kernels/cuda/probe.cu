#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/probe.h"

namespace gradus::kernels::GRADUS_CUDA {

#if defined(GRADUS_CUDA_ON_CPU)

const char* probe() { return nullptr; }
int architecture() { return 90; }

#else

namespace {

__global__ void empty_kernel() {}

}  // namespace

const char* probe() {
    cudaFuncAttributes attributes = {};
    const cudaError_t status = cudaFuncGetAttributes(&attributes, empty_kernel);
    if (status == cudaSuccess) return nullptr;
    cudaGetLastError();
    return cudaGetErrorString(status);
}

int architecture() {
    cudaFuncAttributes attributes = {};
    if (cudaFuncGetAttributes(&attributes, empty_kernel) == cudaSuccess) return attributes.ptxVersion;
    cudaGetLastError();
    return 0;
}

#endif

}  // namespace gradus::kernels::GRADUS_CUDA
