// The filters as the right side of a matrix product, from (K, C, R, S) in device memory.
#include "kernels/cuda/conv2d_sizes.cuh"
#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per packed value. Neighbors write neighboring columns; they read R * S or C * R * S values apart, which is
// no matter: filters are packed once and read many times.
template <bool rotated>
__global__ void __launch_bounds__(threads_per_block)
    pack_kernel(const float* w, float* packed, int C, int K, int taps, int rows, int pitch) {
    const int inner = rotated ? K : C, columns = rotated ? C : K;
    for (auto i = first_element(); i < static_cast<std::int64_t>(rows) * pitch; i += grid_stride()) {
        const int row = static_cast<int>(i / pitch),
                  column = static_cast<int>(i - static_cast<std::int64_t>(row) * pitch);
        const int tap = row / inner, channel = row - tap * inner;
        const bool there = tap < taps && column < columns;
        const int k = rotated ? channel : column, c = rotated ? column : channel;
        packed[i] = there ? w[(k * C + c) * taps + (rotated ? taps - 1 - tap : tap)] : 0.0f;
    }
}

int packed_rows(const Conv2dShape& z, std::int64_t inner) {
    return static_cast<int>(round_up<std::int64_t>(z.R * z.S * inner, packed_step));
}

template <bool rotated>
void pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    const int depth = packed_rows(z, rotated ? z.K : z.C),
              pitch = static_cast<int>(packed_columns(rotated ? z.C : z.K));
    launch(pack_kernel<rotated>,
           {.blocks = blocks_for(static_cast<std::int64_t>(depth) * pitch), .threads = threads_per_block}, stream, w,
           static_cast<float*>(packed), static_cast<int>(z.C), static_cast<int>(z.K), static_cast<int>(z.R * z.S),
           depth, pitch);
}

}  // namespace

std::size_t conv2d_pack_bytes(const Conv2dShape& z) {
    return static_cast<std::size_t>(packed_rows(z, z.C) * packed_columns(z.K)) * sizeof(float);
}
std::size_t conv2d_pack_input_grad_bytes(const Conv2dShape& z) {
    return static_cast<std::size_t>(packed_rows(z, z.K) * packed_columns(z.C)) * sizeof(float);
}
void conv2d_pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    pack<false>(w, packed, z, stream);
}
void conv2d_pack_input_grad(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    pack<true>(w, packed, z, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
