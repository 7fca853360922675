#pragma once
// What a thread of conv2d_mma_kernel brings into shared memory: windows of the picture, and packed filters.
#include "kernels/cuda/conv2d_sizes.cuh"
#include "kernels/cuda/mma_tile.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// A step's left side: a thread brings the same chunk of some pixels' windows. Depth runs over (r, s, c), and C is a
/// multiple of a chunk, so that a chunk lies under one tap.
template <class Tile, bool aligned, class T>
class Windows {
public:
    __device__ __forceinline__ Windows(Pixels<const T> x, const Sizes& z, int first_pixel, int step)
        : x_(x), row_(static_cast<int>(threadIdx.x) / chunks_per_step) {
        const int chunk = static_cast<int>(threadIdx.x) % chunks_per_step;
        const int at = step * step_depth<T> + chunk * chunk_values<T>, tap = at / z.C;
        c_ = at - tap * z.C;
        r_ = tap / z.S;
        s_ = tap - r_ * z.S;
        to_ = Layout::at(row_, chunk);
#pragma unroll
        for (int i = 0; i < Tile::left_chunks; ++i) {
            const int pixel = first_pixel + row_ + i * rows_apart;
            const int line = pixel / z.Q, n = line / z.P;
            const int h = (line - n * z.P) * z.stride_h - z.pad_h;
            w_[i] = (pixel - line * z.Q) * z.stride_w - z.pad_w;
            h_[i] = pixel < z.outputs() ? h : nowhere;
            pixel_[i] = pixel < z.outputs() ? (n * z.H + h) * z.W + w_[i] : 0;
        }
    }

    /// Starts this step's copies, zeros where a tap looks beside the picture, and moves to the next.
    __device__ __forceinline__ void load(const Sizes& z, std::byte* left) {
        const int down = r_ * z.dilation_h, right = s_ * z.dilation_w;
#pragma unroll
        for (int i = 0; i < Tile::left_chunks; ++i) {
            const bool inside = r_ < z.R && static_cast<unsigned>(h_[i] + down) < static_cast<unsigned>(z.H) &&
                                static_cast<unsigned>(w_[i] + right) < static_cast<unsigned>(z.W);
            bring(left + to_ + i * rows_apart * step_bytes, inside ? x_[pixel_[i] + down * z.W + right] + c_ : x_.data,
                  inside ? chunk_values<T> : 0, aligned);
        }
        c_ += step_depth<T>;
        while (c_ >= z.C) {
            c_ -= z.C;
            if (++s_ == z.S) {
                s_ = 0;
                ++r_;
            }
        }
    }

private:
    using Layout = AlongDepth<Tile::rows>;
    static constexpr int nowhere = -(1 << 30);  // far outside of every picture, whatever a tap adds to it
    static constexpr int rows_apart = Tile::threads / chunks_per_step;
    static_assert(rows_apart % 8 == 0, "the same swizzle for all of a thread's chunks");

    Pixels<const T> x_;
    int row_, to_, r_, s_, c_;
    int h_[Tile::left_chunks], w_[Tile::left_chunks], pixel_[Tile::left_chunks];  // where windows start
};

/// A step's right side, of the packed filters [column][depth], whole steps deep.
template <class Tile, class T>
class Filters {
public:
    __device__ __forceinline__ Filters(const T* packed, int depth, int columns, int first_column, int step)
        : pitch_(depth) {
        const int row = static_cast<int>(threadIdx.x) / chunks_per_step,
                  chunk = static_cast<int>(threadIdx.x) % chunks_per_step;
        left_ = columns - first_column - row;
        to_ = Layout::at(row, chunk);
        from_ = packed + static_cast<std::int64_t>(left_ > 0 ? first_column + row : 0) * depth + step * step_depth<T> +
                chunk * chunk_values<T>;
    }
    __device__ __forceinline__ void load(std::byte* right) {
#pragma unroll
        for (int i = 0; i < Tile::right_chunks; ++i) {
            const bool there = i * rows_apart < left_;
            cp_async16(right + to_ + i * rows_apart * step_bytes,
                       from_ + (there ? static_cast<std::int64_t>(i * rows_apart) * pitch_ : 0), there);
        }
        from_ += step_depth<T>;
    }

private:
    using Layout = AlongDepth<Tile::columns>;
    static constexpr int rows_apart = Tile::threads / chunks_per_step;
    int pitch_, left_, to_;
    const T* from_;
};

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
