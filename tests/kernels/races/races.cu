// For ThreadSanitizer, which sees every CUDA thread as a thread: what it says of the relu kernel (nothing), of shared
// memory with its barriers (nothing), and of the same without them (the lines of both accesses). The argument says
// which.
#include <cstdio>
#include <cstring>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda_on_cpu/emulation.h"
#include "kernels/relu.h"

namespace gradus::kernels::cuda_on_cpu {
namespace {

// Each thread reads what its neighbor wrote, twice.
template <bool second_barrier>
__global__ void __launch_bounds__(64) neighbors_kernel(const float* x, float* y) {
    GRADUS_SHARED(float, tile, [64]);
    float v = x[threadIdx.x];
    for (int i = 0; i < 2; ++i) {
        tile[threadIdx.x] = v;  // races with the read of the turn before
        __syncthreads();
        v += tile[(threadIdx.x + 1) % 64];  // races with the write of the next turn
        if (second_barrier) __syncthreads();
    }
    y[threadIdx.x] = v;
}

}  // namespace
}  // namespace gradus::kernels::cuda_on_cpu

int main(int argc, char** argv) {
    using namespace gradus::kernels;
    const char* which = argc > 1 ? argv[1] : "";
    auto* x = static_cast<float*>(emulation::allocate(4096 * sizeof(float)));
    auto* y = static_cast<float*>(emulation::allocate(4096 * sizeof(float)));
    for (int i = 0; i < 4096; ++i) x[i] = static_cast<float>(i % 7 - 3);
    if (std::strcmp(which, "relu") == 0)
        cuda_on_cpu::relu(Pixels<const float>{x, 64}, Pixels<float>{y, 64}, 64, 64, {nullptr, 1});
    else if (std::strcmp(which, "barriers") == 0)
        cuda_on_cpu::launch(cuda_on_cpu::neighbors_kernel<true>, {.threads = 64}, {}, x, y);
    else if (std::strcmp(which, "missing_barrier") == 0)
        cuda_on_cpu::launch(cuda_on_cpu::neighbors_kernel<false>, {.threads = 64}, {}, x, y);
    else
        return std::puts("usage: races relu|barriers|missing_barrier"), 2;
    emulation::deallocate(x);
    emulation::deallocate(y);
    std::puts("done");
}
