#pragma once
// What a kernel sees of CUDA when the host's compiler compiles it: keywords, built-in variables and functions. Included
// by kernels/cuda/launch.cuh only.
#include <tuple>

#include "kernels/cuda_on_cpu/atomics.h"
#include "kernels/cuda_on_cpu/barrier.h"
#include "kernels/cuda_on_cpu/hopper.h"
#include "kernels/cuda_on_cpu/math.h"
#include "kernels/cuda_on_cpu/mma.h"
#include "kernels/cuda_on_cpu/warp.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(n) __attribute__((aligned(n)))

#define threadIdx (::gradus::kernels::emulation::thread_index())
#define blockIdx (::gradus::kernels::emulation::block_index())
#define blockDim (::gradus::kernels::emulation::block_shape())
#define gridDim (::gradus::kernels::emulation::grid_shape())

namespace gradus::kernels::emulation {

constexpr int warpSize = 32;

inline const uint3& thread_index() { return current->index; }
inline const uint3& block_index() { return current->block->index; }
inline const dim3& block_shape() { return current->block->cluster->launch->threads; }
inline const dim3& grid_shape() { return current->block->cluster->launch->blocks; }

inline void __trap() { fail("the kernel trapped"); }

}  // namespace gradus::kernels::emulation

// Kernels live in this namespace, and find all of it without a prefix.
namespace gradus::kernels::cuda_on_cpu {
using namespace emulation;
}
