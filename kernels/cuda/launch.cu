#include "kernels/cuda/errors.h"
#include "kernels/cuda/launch.cuh"

#if defined(GRADUS_CUDA_ON_CPU)

namespace gradus::kernels::cuda_on_cpu {

const char* take_launch_error() { return nullptr; }

}  // namespace gradus::kernels::cuda_on_cpu

#else

#include <cstdio>
#include <mutex>
#include <set>
#include <utility>

namespace gradus::kernels::cuda {
namespace {

struct FirstError {
    bool there = false;
    char text[512] = {};
};
thread_local FirstError first_error;

void note(cudaError_t error, const Grid& grid) {
    if (error == cudaSuccess) return;
    cudaGetLastError();  // it is told once, by us
    if (first_error.there) return;
    first_error.there = true;
    std::snprintf(first_error.text, sizeof first_error.text, "%s:%d (%s): %s", grid.file, grid.line, grid.function,
                  cudaGetErrorString(error));
}

/// A kernel may use more than 48 KB of dynamic shared memory only after it has been told so, once per device.
cudaError_t allow_shared(const void* kernel) {
    static std::mutex mutex;
    static std::set<std::pair<const void*, int> > allowed;
    int device = 0, most = 0;
    if (const cudaError_t e = cudaGetDevice(&device)) return e;
    const std::lock_guard lock(mutex);
    if (allowed.count({kernel, device}) > 0) return cudaSuccess;
    if (const cudaError_t e = cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device)) return e;
    cudaFuncAttributes attributes = {};
    if (const cudaError_t e = cudaFuncGetAttributes(&attributes, kernel)) return e;
    const int dynamic = most - static_cast<int>(attributes.sharedSizeBytes);
    if (const cudaError_t e = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, dynamic))
        return e;
    allowed.insert({kernel, device});
    return cudaSuccess;
}

}  // namespace

void queue(const void* kernel, const Grid& grid, Stream stream, void** parameters) {
    if (grid.shared > 48 * 1024) {
        if (const cudaError_t e = allow_shared(kernel)) {
            note(e, grid);
            return;
        }
    }
    cudaLaunchAttribute cluster = {};
    cluster.id = cudaLaunchAttributeClusterDimension;
    cluster.val.clusterDim.x = grid.cluster;
    cluster.val.clusterDim.y = cluster.val.clusterDim.z = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = grid.blocks;
    config.blockDim = grid.threads;
    config.dynamicSmemBytes = grid.shared;
    config.stream = static_cast<cudaStream_t>(stream.native);
    config.attrs = &cluster;
    config.numAttrs = grid.cluster > 1 ? 1 : 0;
    note(cudaLaunchKernelExC(&config, kernel, parameters), grid);
}

const char* take_launch_error() {
    if (!first_error.there) return nullptr;
    first_error.there = false;
    return first_error.text;
}

}  // namespace gradus::kernels::cuda

#endif
