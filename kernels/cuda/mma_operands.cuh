#pragma once
// Matrices of f32 as the sides of a product on tensor cores (mma_tile.cuh), and the dense matrix that it writes.
#include "kernels/cuda/mma_tile.cuh"
#include "kernels/cuda/tile_product.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

template <Along along, int width>
using Layout = std::conditional_t<along == Along::depth, AlongDepth<width>, AlongWidth<width>>;

/// What a thread brings of one side in each step: the same chunk of some rows of it, or of some rows of the depth.
template <Along along, int width, int threads>
class Chunks {
public:
    __device__ __forceinline__ Chunks(const Side<float>& x, std::int64_t first, std::int64_t k0, std::int64_t k1)
        : x_(x) {
        const int down = static_cast<int>(threadIdx.x) / across, chunk = static_cast<int>(threadIdx.x) % across;
        to_ = Layout<along, width>::at(down, chunk);
        const std::int64_t e = first + (along == Along::depth ? down : chunk * 4);
        const int k = along == Along::depth ? chunk * 4 : down;
        at_ = along == Along::depth ? e * x.stride + k0 + k : (k0 + k) * x.stride + e;
        wide_ = x.extent - e < width ? static_cast<int>(x.extent - e) : width;
        deep_ = static_cast<int>(k1 - k0) - k;
    }

    /// Starts this step's copies, zeros beyond the extent and the depth, and moves to the next.
    __device__ __forceinline__ void load(std::byte* side) {
#pragma unroll
        for (int i = 0; i < count; ++i) {
            const int there = along == Along::depth ? (i * apart < wide_ ? deep_ : 0) : (i * apart < deep_ ? wide_ : 0);
            bring(side + to_ + i * (Layout<along, width>::at(apart, 0)),
                  x_.data + (there > 0 ? at_ + i * apart * x_.stride : 0), there, x_.vectors);
        }
        at_ += along == Along::depth ? step_depth<float> : step_depth<float> * x_.stride;
        deep_ -= step_depth<float>;
    }

private:
    static constexpr int across = along == Along::depth ? chunks_per_step : width / 4;  // chunks side by side
    static constexpr int count = width * chunks_per_step / threads, apart = threads / across;
    static_assert(apart % 8 == 0 && count * threads == width * chunks_per_step, "every thread brings as much");

    Side<float> x_;
    std::int64_t at_;
    int to_, wide_, deep_;  // and how much there is from this thread's first value on
};

/// Writes four neighbors of the dense matrix y (M,N), or adds them.
__device__ __forceinline__ void write_four(float* y, std::int64_t M, std::int64_t N, std::int64_t row,
                                           std::int64_t column, float4 v, bool add) {
    if (row >= M || column >= N) return;
    float* to = y + row * N + column;
    if (N % 4 == 0 && reinterpret_cast<std::uintptr_t>(y) % 16 == 0) {
        const float4 kept = add ? *reinterpret_cast<const float4*>(to) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        *reinterpret_cast<float4*>(to) = make_float4(kept.x + v.x, kept.y + v.y, kept.z + v.z, kept.w + v.w);
        return;
    }
    const float four[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
    for (int i = 0; i < 4; ++i)
        if (column + i < N) to[i] = add ? to[i] + four[i] : four[i];
}

/// The tiles of these products: 64x32 results of a warp, or 32x32 in small ones.
template <int width>
using SquareTile = MmaTile<float, width, width, width / 2, 32>;

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
