#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// Which measure of roughness; the formulas are in ops/total_variation.h.
enum class TvKind { squared, l1, beta, nine_point };  // the last is made of other ops

/// x (N,H,W,C), its pixels in rows.
struct TvShape {
    std::int64_t N, H, W, C;
    TvKind kind = TvKind::squared;
    double beta = 2;
};

/// Below this, v = (right^2 + down^2)^(beta/2) counts as this in the gradient of the beta form.
constexpr double tv_floor = 1e-5;

/// What the processor's total_variation needs for the sums of its rows, in bytes.
GRADUS_INLINE std::size_t tv_scratch(const TvShape& z) { return static_cast<std::size_t>(z.N * z.H) * sizeof(double); }

/// Into how many sums the CUDA kernel splits: a block per row, and no more than a large GPU runs at once. It depends on
/// nothing else, so every GPU adds in the same order.
GRADUS_INLINE std::int64_t cuda_tv_blocks(const TvShape& z) {
    const std::int64_t rows = z.N * z.H;
    return rows < 1 ? 1 : rows > 1024 ? 1024 : rows;
}

/// y (1). `scratch`: one double per row, or block.
template <class T>
using TotalVariation = void(Pixels<const T> x, T* y, const TvShape&, std::byte* scratch, Stream);

/// dx = dy (1) times the derivative
template <class T>
using TotalVariationBackward = void(Pixels<const T> x, const T* dy, Pixels<T> dx, const TvShape&, Write, Stream);

namespace reference {
template <class T>
void total_variation(Pixels<const T> x, T* y, const TvShape&, std::byte* scratch, Stream);
template <class T>
void total_variation_backward(Pixels<const T> x, const T* dy, Pixels<T> dx, const TvShape&, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(TotalVariation<float> total_variation; TotalVariationBackward<float> total_variation_backward;)
}  // namespace cpu
GRADUS_EACH_CUDA(TotalVariation<float> total_variation; TotalVariationBackward<float> total_variation_backward;)

}  // namespace gradus::kernels
