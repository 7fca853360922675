#include "kernels/affine_sample.h"

namespace gradus::kernels::reference {
namespace {

/// f(pixel of x or -1, weight) for the four neighbors of the place that pixel (p,q) of picture n reads.
template <class F>
void for_neighbors(const float* m, const AffineShape& s, std::int64_t n, std::int64_t p, std::int64_t q, F f) {
    const auto row = static_cast<double>(p), column = static_cast<double>(q);
    const AffinePlace h = affine_place(double{m[0]} * row + double{m[1]} * column + double{m[2]});
    const AffinePlace w = affine_place(double{m[3]} * row + double{m[4]} * column + double{m[5]});
    for (int down = 0; down < 2; ++down)
        for (int right = 0; right < 2; ++right) {
            const double weight = (down ? h.fraction : 1 - h.fraction) * (right ? w.fraction : 1 - w.fraction);
            const std::int64_t i = border_source(h.before + down, s.H, s.border),
                               j = border_source(w.before + right, s.W, s.border);
            f(i < 0 || j < 0 ? -1 : (n * s.H + i) * s.W + j, weight);
        }
}

const float* matrix_of(const float* matrix, const AffineShape& s, std::int64_t n) {
    return s.matrix_each ? matrix + 6 * n : matrix;
}

}  // namespace

template <class T>
void affine_sample(Pixels<const T> x, const float* matrix, Pixels<T> y, const AffineShape& s, Stream) {
    for (std::int64_t n = 0; n < s.N; ++n)
        for (std::int64_t p = 0; p < s.P; ++p)
            for (std::int64_t q = 0; q < s.Q; ++q)
                for (std::int64_t c = 0; c < s.C; ++c) {
                    double sum = 0;
                    for_neighbors(matrix_of(matrix, s, n), s, n, p, q, [&](std::int64_t pixel, double weight) {
                        sum += weight * (pixel < 0 ? double{s.fill} : static_cast<double>(x[pixel][c]));
                    });
                    y[(n * s.P + p) * s.Q + q][c] = T(sum);
                }
}

// One thread may add where it likes: each pixel of dy in turn, onto the pixels that it was made of.
template <class T>
void affine_sample_backward(Pixels<const T> dy, const float* matrix, Pixels<T> dx, const AffineShape& s, Write write,
                            std::byte* scratch, Stream) {
    auto* sums = reinterpret_cast<double*>(scratch);
    const std::int64_t pixels = s.N * s.H * s.W;
    for (std::int64_t i = 0; i < pixels * s.C; ++i) sums[i] = 0;
    for (std::int64_t n = 0; n < s.N; ++n)
        for (std::int64_t p = 0; p < s.P; ++p)
            for (std::int64_t q = 0; q < s.Q; ++q)
                for_neighbors(matrix_of(matrix, s, n), s, n, p, q, [&](std::int64_t pixel, double weight) {
                    if (pixel < 0) return;
                    const T* from = dy[(n * s.P + p) * s.Q + q];
                    for (std::int64_t c = 0; c < s.C; ++c)
                        sums[pixel * s.C + c] += weight * static_cast<double>(from[c]);
                });
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < s.C; ++c) {
            const double kept = write == Write::accumulate ? static_cast<double>(dx[i][c]) : 0.0;
            dx[i][c] = T(kept + sums[i * s.C + c]);
        }
}

#define INSTANTIATE(T)                                                                                           \
    template void affine_sample<T>(Pixels<const T>, const float*, Pixels<T>, const AffineShape&, Stream);        \
    template void affine_sample_backward<T>(Pixels<const T>, const float*, Pixels<T>, const AffineShape&, Write, \
                                            std::byte*, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
