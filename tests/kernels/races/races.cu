// For ThreadSanitizer, which sees every CUDA thread as a thread: what it says of kernels of ours (nothing), of shared
// memory with its barriers (nothing), and of the same without them (the lines of both accesses). The argument says
// which.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda_on_cpu/emulation.h"
#include "kernels/matmul.h"
#include "kernels/reduce.h"
#include "kernels/relu.h"
#include "kernels/softmax.h"

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
    using namespace gradus;
    using namespace gradus::kernels;
    const std::string_view which = argc > 1 ? argv[1] : "";
    constexpr int values = 4096;
    const auto floats = [](std::int64_t n) {
        auto* x = static_cast<float*>(emulation::allocate(static_cast<std::size_t>(n) * sizeof(float)));
        for (std::int64_t i = 0; i < n; ++i) x[i] = static_cast<float>(i % 7 - 3);
        return x;
    };
    float *x = floats(values), *y = floats(values), *z = floats(values);
    const Pixels<const float> rows{x, 64}, others{z, 64};
    const MatmulShape square{.M = 64, .N = 64, .K = 64, .transpose_a = true};
    const std::size_t bytes = std::max(cuda_on_cpu::matmul_scratch_bytes(square), std::size_t{1} << 20);
    auto* scratch = static_cast<std::byte*>(emulation::allocate(bytes));
    if (which == "relu")
        cuda_on_cpu::relu(rows, Pixels<float>{y, 64}, 64, 64, {nullptr, 1});
    else if (which == "softmax")
        cuda_on_cpu::softmax(rows, Pixels<float>{y, 64}, 4, 64, {nullptr, 1});
    else if (which == "channel_sums")
        cuda_on_cpu::channel_sums(rows, y, 64, 64, scratch, {nullptr, 1});
    else if (which == "matmul")
        cuda_on_cpu::matmul(rows, others, y, square, Write::overwrite, scratch, {nullptr, 1});
    else if (which == "barriers")
        cuda_on_cpu::launch(cuda_on_cpu::neighbors_kernel<true>, {.threads = 64}, {}, x, y);
    else if (which == "missing_barrier")
        cuda_on_cpu::launch(cuda_on_cpu::neighbors_kernel<false>, {.threads = 64}, {}, x, y);
    else
        return std::puts("usage: races relu|softmax|channel_sums|matmul|barriers|missing_barrier"), 2;
    for (void* memory :
         {static_cast<void*>(x), static_cast<void*>(y), static_cast<void*>(z), static_cast<void*>(scratch)})
        emulation::deallocate(memory);
    std::puts("done");
}
