#pragma once
// What the architecture being compiled for has. GRADUS_FROM_SM80(code) and GRADUS_ON_SM90A(code) are the code where it
// has it, and a trap elsewhere: a kernel that runs on the wrong GPU fails, it never does nothing.
#include "kernels/cuda/launch.cuh"

#if !defined(GRADUS_CUDA_ON_CPU)
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
#define GRADUS_FROM_SM80(...) __trap()
#else
#define GRADUS_FROM_SM80(...) __VA_ARGS__
#endif
#if defined(__CUDA_ARCH_FEAT_SM90_ALL) || !defined(__CUDA_ARCH__)
#define GRADUS_HAS_SM90A 1
#define GRADUS_ON_SM90A(...) __VA_ARGS__
#else
#define GRADUS_HAS_SM90A 0
#define GRADUS_ON_SM90A(...) __trap()
#endif

namespace gradus::kernels::GRADUS_CUDA {

/// The address in the block's shared memory, as instructions take it.
__device__ __forceinline__ std::uint32_t shared_address(const void* p) {
    return static_cast<std::uint32_t>(__cvta_generic_to_shared(p));
}

}  // namespace gradus::kernels::GRADUS_CUDA
#else
#define GRADUS_HAS_SM90A 1
#endif
