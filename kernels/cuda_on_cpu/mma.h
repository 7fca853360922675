#pragma once
// Tensor-core instructions of one warp, and what moves their operands: see kernels/cuda/ptx/mma.cuh and matrix.cuh.
#include <cstdint>

namespace gradus::kernels::emulation {

std::uint32_t f32_to_tf32(float);
std::uint32_t pack_bf16(float lower, float upper);
std::uint32_t pack_fp16(float lower, float upper);

void mma_m16n8k8_tf32(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);
void mma_m16n8k16_bf16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);
void mma_m16n8k16_fp16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);

void load_matrices(std::uint32_t (&r)[4], const void* row, bool transposed);
void store_matrices(void* row, const std::uint32_t (&r)[4], bool transposed);
template <bool transposed = false>
void ldmatrix_x4(std::uint32_t (&r)[4], const void* row) {
    load_matrices(r, row, transposed);
}
template <bool transposed = false>
void stmatrix_x4(void* row, const std::uint32_t (&r)[4]) {
    store_matrices(row, r, transposed);
}

void bar_sync(int id, int threads, const char* file = __builtin_FILE(), int line = __builtin_LINE());
void bar_arrive(int id, int threads, const char* file = __builtin_FILE(), int line = __builtin_LINE());

}  // namespace gradus::kernels::emulation
