#pragma once
// What a thread of conv2d_tiled_kernel brings into shared memory: windows of the picture, and packed filters.
#include "kernels/cuda/conv2d_finish.cuh"
#include "kernels/cuda/conv2d_sizes.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Far outside of every picture, whatever a tap adds to it.
constexpr int nowhere = -(1 << 30);

/// What a thread brings of the left side: four values of the depth, of one or a few pixels. Depth runs over (r, s, c):
/// with `quads` (C a multiple of 4) the four are neighboring channels under one tap and one load, else four loads.
template <class Tile, bool quads, class T>
class Gather {
public:
    __device__ __forceinline__ Gather(Pixels<const T> x, const Sizes& z, int first_pixel, int step)
        : x_(x), row_(static_cast<int>(threadIdx.x) / 2), quad_(static_cast<int>(threadIdx.x) % 2) {
        const int at = step * Tile::depth + quad_ * 4, tap = at / z.C;
        c_ = at - tap * z.C;
        r_ = tap / z.S;
        s_ = tap - r_ * z.S;
#pragma unroll
        for (int i = 0; i < Tile::left_quads; ++i) {
            const int pixel = first_pixel + row_ + i * rows_apart;
            const int line = pixel / z.Q, n = line / z.P;
            h_[i] = pixel < z.outputs() ? (line - n * z.P) * z.stride_h - z.pad_h : nowhere;
            w_[i] = (pixel - line * z.Q) * z.stride_w - z.pad_w;
            first_[i] = n * z.H * z.W;
        }
    }

    /// Reads the quads of this step into registers, zeros where a tap looks beside the picture, and moves to the next.
    __device__ __forceinline__ void load(const Sizes& z) {
        if constexpr (quads) {
#pragma unroll
            for (int i = 0; i < Tile::left_quads; ++i) {
                const int h = h_[i] + r_ * z.dilation_h, w = w_[i] + s_ * z.dilation_w;
                held_[i] = inside(z, r_, h, w) ? load_quad(x_[first_[i] + h * z.W + w] + c_)
                                               : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
            }
        } else {
            int r = r_, s = s_, c = c_;
            float v[Tile::left_quads][4];
#pragma unroll
            for (int k = 0; k < 4; ++k) {
#pragma unroll
                for (int i = 0; i < Tile::left_quads; ++i) {
                    const int h = h_[i] + r * z.dilation_h, w = w_[i] + s * z.dilation_w;
                    v[i][k] = inside(z, r, h, w) ? static_cast<float>(x_[first_[i] + h * z.W + w][c]) : 0.0f;
                }
                advance(z, 1, r, s, c);
            }
#pragma unroll
            for (int i = 0; i < Tile::left_quads; ++i) held_[i] = make_float4(v[i][0], v[i][1], v[i][2], v[i][3]);
        }
        advance(z, Tile::depth, r_, s_, c_);
    }

    /// Writes them into shared memory, [depth][pitch]: pixels side by side. Of the lanes of a warp half write rows 4
    /// times `pitch` apart, which is 16 banks.
    __device__ __forceinline__ void store(float* left) const {
        static_assert(4 * Tile::pitch % 32 == 16, "no two lanes write the same bank");
        float* to = left + quad_ * 4 * Tile::pitch + row_;
#pragma unroll
        for (int i = 0; i < Tile::left_quads; ++i) {
            to[i * rows_apart] = held_[i].x;
            to[i * rows_apart + Tile::pitch] = held_[i].y;
            to[i * rows_apart + 2 * Tile::pitch] = held_[i].z;
            to[i * rows_apart + 3 * Tile::pitch] = held_[i].w;
        }
    }

private:
    static constexpr int rows_apart = Tile::threads / 2;

    static __device__ __forceinline__ bool inside(const Sizes& z, int r, int h, int w) {
        return r < z.R && static_cast<unsigned>(h) < static_cast<unsigned>(z.H) &&
               static_cast<unsigned>(w) < static_cast<unsigned>(z.W);
    }
    static __device__ __forceinline__ void advance(const Sizes& z, int by, int& r, int& s, int& c) {
        c += by;
        while (c >= z.C) {
            c -= z.C;
            if (++s == z.S) {
                s = 0;
                ++r;
            }
        }
    }

    Pixels<const T> x_;
    int row_, quad_;
    int r_, s_, c_;                                                            // where the quad lies in a window
    int h_[Tile::left_quads], w_[Tile::left_quads], first_[Tile::left_quads];  // where the pixels' windows start
    float4 held_[Tile::left_quads];
};

/// What a thread brings of the right side, the packed filters: rows as they lie.
template <class Tile>
class Filters {
public:
    __device__ __forceinline__ Filters(const float* packed, int pitch, int first_column, int step)
        : row_(static_cast<int>(threadIdx.x) / quads_of_row),
          column_(static_cast<int>(threadIdx.x) % quads_of_row * 4),
          pitch_(pitch),
          there_(first_column + column_ < pitch),
          from_(packed + static_cast<std::int64_t>(step * Tile::depth + row_) * pitch + first_column + column_) {}

    __device__ __forceinline__ void load() {
#pragma unroll
        for (int i = 0; i < Tile::right_quads; ++i)
            held_[i] = there_ ? load_quad(from_ + static_cast<std::int64_t>(i * rows_apart) * pitch_)
                              : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        from_ += static_cast<std::int64_t>(Tile::depth) * pitch_;
    }
    __device__ __forceinline__ void store(float* right) const {
#pragma unroll
        for (int i = 0; i < Tile::right_quads; ++i)
            store_quad(right + (row_ + i * rows_apart) * Tile::columns + column_, held_[i]);
    }

private:
    static constexpr int quads_of_row = Tile::columns / 4, rows_apart = Tile::threads / quads_of_row;
    int row_, column_, pitch_;
    bool there_;
    const float* from_;
    float4 held_[Tile::right_quads];
};

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
