#pragma once
// Products of one warp on tensor cores (from sm_80; the matrices' loads from sm_75, their stores on sm_90a). Lane
// 4 g + t holds
//   a  rows g and g + 8: TF32 columns t and t + 4; 16 bits, in pairs, columns 2 t, 2 t + 1 and 2 t + 8, 2 t + 9
//   b  column g: the same k as a
//   d  rows g and g + 8, columns 2 t and 2 t + 1
// The earlier of a pair is in the lower half of its register.
#include "kernels/cuda/ptx/arch.cuh"

#if !defined(GRADUS_CUDA_ON_CPU)
namespace gradus::kernels::GRADUS_CUDA {

/// To the nearest TF32, ties away. Operands of mma_m16n8k8_tf32 must have been rounded.
__device__ __forceinline__ std::uint32_t f32_to_tf32(float x) {
    std::uint32_t r = 0;
    GRADUS_FROM_SM80(asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(r) : "f"(x)));
    return r;
}
/// Two values in one register, to the nearest, ties to even; NaN becomes 0x7fff.
__device__ __forceinline__ std::uint32_t pack_bf16(float lower, float upper) {
    std::uint32_t r = 0;
    GRADUS_FROM_SM80(asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(upper), "f"(lower)));
    return r;
}
__device__ __forceinline__ std::uint32_t pack_fp16(float lower, float upper) {
    std::uint32_t r = 0;
    GRADUS_FROM_SM80(asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(upper), "f"(lower)));
    return r;
}

#define GRADUS_MMA(shape, type)                                                             \
    GRADUS_FROM_SM80(asm volatile("mma.sync.aligned." shape ".row.col.f32." type "." type   \
                                  ".f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};" \
                                  : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])          \
                                  : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1])))

/// d[16 x 8] += a[16 x 8] b[8 x 8]^T
__device__ __forceinline__ void mma_m16n8k8_tf32(float (&d)[4], const std::uint32_t (&a)[4],
                                                 const std::uint32_t (&b)[2]) {
    GRADUS_MMA("m16n8k8", "tf32");
}
/// d[16 x 8] += a[16 x 16] b[8 x 16]^T
__device__ __forceinline__ void mma_m16n8k16_bf16(float (&d)[4], const std::uint32_t (&a)[4],
                                                  const std::uint32_t (&b)[2]) {
    GRADUS_MMA("m16n8k16", "bf16");
}
__device__ __forceinline__ void mma_m16n8k16_fp16(float (&d)[4], const std::uint32_t (&a)[4],
                                                  const std::uint32_t (&b)[2]) {
    GRADUS_MMA("m16n8k16", "f16");
}
#undef GRADUS_MMA

/// Four 8 x 8 matrices of 16-bit values from shared memory: lane i brings the address of row i % 8 of matrix i / 8,
/// which lies on 16 bytes; lane l gets the values (l / 4, 2 (l % 4)) and the next of matrix m in register m, transposed
/// on request.
template <bool transposed = false>
__device__ __forceinline__ void ldmatrix_x4(std::uint32_t (&r)[4], const void* row) {
    if constexpr (transposed)
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                     : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                     : "r"(shared_address(row))
                     : "memory");
    else
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                     : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                     : "r"(shared_address(row))
                     : "memory");
}

/// The way back.
template <bool transposed = false>
__device__ __forceinline__ void stmatrix_x4(void* row, const std::uint32_t (&r)[4]) {
    if constexpr (transposed)
        GRADUS_ON_SM90A(asm volatile(
            "stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1,%2,%3,%4};" ::"r"(shared_address(row)), "r"(r[0]),
            "r"(r[1]), "r"(r[2]), "r"(r[3])
            : "memory"));
    else
        GRADUS_ON_SM90A(
            asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1,%2,%3,%4};" ::"r"(shared_address(row)),
                         "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3])
                         : "memory"));
}

}  // namespace gradus::kernels::GRADUS_CUDA
#endif
