#pragma once
// wgmma (sm_90a): the 128 threads of a warpgroup multiply two matrices of shared memory, while they go on. Between the
// issue and the wait nobody may touch the accumulators. Thread 32 w + l holds in value e: row 16 w + l / 4 + 8 (e / 2 %
// 2), column 8 (e / 4) + 2 (l % 4) + e % 2.
#include "kernels/cuda/ptx/arch.cuh"
#include "kernels/inline.h"

namespace gradus::kernels::GRADUS_CUDA {

/// Where an operand lies: its address (shared_address), strides in bytes, and the swizzle's span, 0, 32, 64 or 128.
///   swizzled, K-major   rows of `swizzle` bytes; stride: from 8 rows to the next 8 (1024 for 128); leading: ignored
///   swizzled, MN-major  stride: from 8 k to the next 8; leading: from `swizzle` bytes along M or N to the next
/// Tiles start on eight times the span. A K-major operand steps along k by adding bytes to the address, inside the
/// span.
GRADUS_INLINE std::uint64_t wgmma_descriptor(std::uint32_t address, std::uint32_t leading, std::uint32_t stride,
                                             int swizzle) {
    const std::uint64_t mode = swizzle == 128 ? 1 : swizzle == 64 ? 2 : swizzle == 32 ? 3 : 0;
    const auto field = [](std::uint32_t bytes) { return std::uint64_t{(bytes & 0x3FFFFu) >> 4}; };
    return field(address) | field(leading) << 16 | field(stride) << 32 | mode << 62;
}

#if !defined(GRADUS_CUDA_ON_CPU)

/// Before the first wgmma, and again after the accumulators were touched.
__device__ __forceinline__ void wgmma_fence() {
    GRADUS_ON_SM90A(asm volatile("wgmma.fence.sync.aligned;" ::: "memory"));
}
__device__ __forceinline__ void wgmma_commit() {
    GRADUS_ON_SM90A(asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"));
}
template <int keep>
__device__ __forceinline__ void wgmma_wait() {
    GRADUS_ON_SM90A(asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(keep) : "memory"));
}
/// Keeps the compiler from moving accesses to the accumulators: before the fence, and after the wait.
template <int values>
__device__ __forceinline__ void wgmma_hold(float (&d)[values]) {
#pragma unroll
    for (int i = 0; i < values; ++i) asm volatile("" : "+f"(d[i])::"memory");
}

// The accumulators as operands: their names %0 to %31 (63, 127), and the registers behind them.
#define GRADUS_NAMES8(a, b, c, d, e, f, g, h) "%" #a ",%" #b ",%" #c ",%" #d ",%" #e ",%" #f ",%" #g ",%" #h
#define GRADUS_NAMES32                                                 \
    GRADUS_NAMES8(0, 1, 2, 3, 4, 5, 6, 7)                              \
    "," GRADUS_NAMES8(8, 9, 10, 11, 12, 13, 14, 15) "," GRADUS_NAMES8( \
        16, 17, 18, 19, 20, 21, 22, 23) "," GRADUS_NAMES8(24, 25, 26, 27, 28, 29, 30, 31)
#define GRADUS_NAMES64                                                                \
    GRADUS_NAMES32                                                                    \
    "," GRADUS_NAMES8(32, 33, 34, 35, 36, 37, 38, 39) "," GRADUS_NAMES8(              \
        40, 41, 42, 43, 44, 45, 46, 47) "," GRADUS_NAMES8(48, 49, 50, 51, 52, 53, 54, \
                                                          55) "," GRADUS_NAMES8(56, 57, 58, 59, 60, 61, 62, 63)
#define GRADUS_NAMES128 \
    GRADUS_NAMES64      \
    "," GRADUS_NAMES8(64, 65, 66, 67, 68, 69, 70, 71) "," GRADUS_NAMES8(72, 73, 74, 75, 76, 77, 78, 79) "," \
        GRADUS_NAMES8(80, 81, 82, 83, 84, 85, 86, 87) "," GRADUS_NAMES8(88, 89, 90, 91, 92, 93, 94, 95) "," \
        GRADUS_NAMES8(96, 97, 98, 99, 100, 101, 102, 103) "," GRADUS_NAMES8(104, 105, 106, 107, 108, 109, 110, 111) "," \
        GRADUS_NAMES8(112, 113, 114, 115, 116, 117, 118, 119) "," GRADUS_NAMES8(120, 121, 122, 123, 124, 125, 126, 127)
#define GRADUS_SUMS8(i)                                                                                         \
    "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3]), "+f"(d[i + 4]), "+f"(d[i + 5]), "+f"(d[i + 6]), \
        "+f"(d[i + 7])
#define GRADUS_SUMS32(i) GRADUS_SUMS8(i), GRADUS_SUMS8(i + 8), GRADUS_SUMS8(i + 16), GRADUS_SUMS8(i + 24)
#define GRADUS_SUMS64 GRADUS_SUMS32(0), GRADUS_SUMS32(32)
#define GRADUS_SUMS128 GRADUS_SUMS64, GRADUS_SUMS32(64), GRADUS_SUMS32(96)
#define GRADUS_WGMMA(shape, type, names, a, b, add, majors)                                                     \
    "{\n.reg .pred p;\nsetp.ne.b32 p, %" #add ", 0;\nwgmma.mma_async.sync.aligned." shape ".f32." type "." type \
    " {" names "}, %" #a ", %" #b ", p, 1, 1" majors ";\n}\n"

/// d[64 x 2 values] (+)= a[64 x 8] b[2 values x 8]^T, both K-major; `add` 0 overwrites d.
template <int values>
__device__ __forceinline__ void wgmma_tf32(float (&d)[values], std::uint64_t a, std::uint64_t b, int add) {
    static_assert(values == 32 || values == 64 || values == 128, "N is 64, 128 or 256");
#if GRADUS_HAS_SM90A
    if constexpr (values == 32)
        asm volatile(GRADUS_WGMMA("m64n64k8", "tf32", GRADUS_NAMES32, 32, 33, 34, "")
                     : GRADUS_SUMS32(0)
                     : "l"(a), "l"(b), "r"(add));
    else if constexpr (values == 64)
        asm volatile(GRADUS_WGMMA("m64n128k8", "tf32", GRADUS_NAMES64, 64, 65, 66, "")
                     : GRADUS_SUMS64
                     : "l"(a), "l"(b), "r"(add));
    else
        asm volatile(GRADUS_WGMMA("m64n256k8", "tf32", GRADUS_NAMES128, 128, 129, 130, "")
                     : GRADUS_SUMS128
                     : "l"(a), "l"(b), "r"(add));
#else
    __trap();
#endif
}

/// The same with k = 16. An operand that is MN-major has rows along M or N in shared memory, one per k.
template <int a_mn_major = 0, int b_mn_major = 0, int values>
__device__ __forceinline__ void wgmma_bf16(float (&d)[values], std::uint64_t a, std::uint64_t b, int add) {
    static_assert(values == 32 || values == 64 || values == 128, "N is 64, 128 or 256");
#if GRADUS_HAS_SM90A
    if constexpr (values == 32)
        asm volatile(GRADUS_WGMMA("m64n64k16", "bf16", GRADUS_NAMES32, 32, 33, 34, ", %35, %36")
                     : GRADUS_SUMS32(0)
                     : "l"(a), "l"(b), "r"(add), "n"(a_mn_major), "n"(b_mn_major));
    else if constexpr (values == 64)
        asm volatile(GRADUS_WGMMA("m64n128k16", "bf16", GRADUS_NAMES64, 64, 65, 66, ", %67, %68")
                     : GRADUS_SUMS64
                     : "l"(a), "l"(b), "r"(add), "n"(a_mn_major), "n"(b_mn_major));
    else
        asm volatile(GRADUS_WGMMA("m64n256k16", "bf16", GRADUS_NAMES128, 128, 129, 130, ", %131, %132")
                     : GRADUS_SUMS128
                     : "l"(a), "l"(b), "r"(add), "n"(a_mn_major), "n"(b_mn_major));
#else
    __trap();
#endif
}
#endif

}  // namespace gradus::kernels::GRADUS_CUDA
