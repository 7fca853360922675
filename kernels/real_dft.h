#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/inline.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// The sizes of a transform of n points along the middle of three axes (outer,n,inner), and its direction.
struct RealDftShape {
    std::int64_t outer, n, inner;
    bool inverse;
    GRADUS_INLINE std::int64_t columns() const { return outer * inner; }
    /// Where a column starts; its next point is `inner` further.
    GRADUS_INLINE std::int64_t start(std::int64_t column) const {
        return outer == 1 ? column : column / inner * n * inner + column % inner;
    }
};

/// Waves of one symmetry: rows first ... first + count - 1 of the matrix of waves. About point 0 they are even (a
/// cosine) or odd (a sine); about n/4 too, so that the values at i, n/2-i, n-i and n/2+i are the same but for the sign.
/// Only at `points` points, from `start`, they need to be multiplied.
struct RealDftWaves {
    std::int64_t first, count, start, points;
    float at_half_minus, at_minus, at_half_plus;  // the signs at n/2-i, n-i and n/2+i
};

/// The symmetries of n points: four where n can be divided by 4, else one that has none, and takes every point.
struct RealDftSymmetries {
    int count;
    RealDftWaves waves[4];
};
GRADUS_INLINE RealDftSymmetries real_dft_symmetries(std::int64_t n) {
    if (n % 4 != 0 || n == 0) return {1, {{0, n, 0, n, 0, 0, 0}}};
    const std::int64_t m = n / 4;
    return {4,
            {{0, m + 1, 0, m + 1, 1, 1, 1},              // cosines of 0, 2, 4 ... n/2 periods
             {m + 1, m, 0, m, -1, 1, -1},                // cosines of 1, 3, 5 ...
             {2 * m + 1, m, 1, m, 1, -1, -1},            // sines of 1, 3, 5 ...
             {3 * m + 1, m - 1, 1, m - 1, -1, -1, 1}}};  // sines of 2, 4, 6 ...
}

/// The row of the cosine that has k periods, 2 k <= n, and that of the sine, 0 < 2 k < n.
GRADUS_INLINE std::int64_t real_dft_cosine(std::int64_t n, std::int64_t k) { return k % 2 ? n / 4 + 1 + k / 2 : k / 2; }
GRADUS_INLINE std::int64_t real_dft_sine(std::int64_t n, std::int64_t k) {
    return n / 2 + (k % 2 ? 1 + k / 2 : ((n - 1) / 2 + 1) / 2 + k / 2);
}

/// y = waves x, or with `inverse` the transposed waves times x, for every column; or added to what y holds. x and y
/// (outer,n,inner), waves (n,n), orthonormal, in the order of real_dft_symmetries. `scratch` starts on a 64-byte
/// boundary.
template <class T>
using RealDft = void(const T* x, const float* waves, T* y, const RealDftShape&, Write, std::byte* scratch, Stream);

namespace reference {  // needs no scratch
template <class T>
void real_dft(const T* x, const float* waves, T* y, const RealDftShape&, Write, std::byte* scratch, Stream);
}

namespace cpu {
/// Whether columns stand so close together that 16 of them are made of 16 rows (n,inner), and back.
GRADUS_INLINE bool real_dft_turns_rows(const RealDftShape& s) { return s.outer > 1 && s.inner < 16; }
/// The scratch memory on so many threads, in bytes: for each, 16 columns as complex numbers, as many more for a large
/// prime factor of n, and 16 rows; and tables for all.
GRADUS_INLINE std::size_t real_dft_scratch_bytes(const RealDftShape& s, int threads) {
    const std::int64_t rows = real_dft_turns_rows(s) ? s.inner : 0;
    return static_cast<std::size_t>(s.n * ((4 + rows) * 16 * threads + 3)) * sizeof(float);
}
GRADUS_EACH_ISA(RealDft<float> real_dft;)
}  // namespace cpu

GRADUS_EACH_CUDA(RealDft<float> real_dft;)

}  // namespace gradus::kernels
