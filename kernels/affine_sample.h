#pragma once
#include <cstddef>

#include "kernels/border.h"
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// The sizes of an affine sampling: x (N,H,W,C), y (N,P,Q,C); one matrix for all pictures, or (N,2,3), one for each.
struct AffineShape {
    std::int64_t N, H, W, C, P, Q;
    bool matrix_each = false;
    PadMode border = PadMode::zero;  // zero stands for `fill`
    float fill = 0;
};

/// A place between two pixels: the one before, and how far behind it.
struct AffinePlace {
    std::int64_t before;
    double fraction;
};

GRADUS_INLINE AffinePlace affine_place(double at) {
    const double far = 1e9;  // beyond every picture; a NaN ends there too
    const double inside = at > -far ? (at < far ? at : far) : -far;
    auto before = static_cast<std::int64_t>(inside);
    if (static_cast<double>(before) > inside) --before;
    return {before, inside - static_cast<double>(before)};
}

/// y(p,q) = x at (m0 p + m1 q + m2, m3 p + m4 q + m5), bilinearly between pixels, whose centers are the whole numbers.
template <class T>
using AffineSample = void(Pixels<const T> x, const float* matrix, Pixels<T> y, const AffineShape&, Stream);

/// dx(h,w) = the sum over all (p,q) of dy(p,q) times the weight that x(h,w) has in y(p,q). The reference needs one f64
/// per value of dx as scratch, the processor's kernel affine_backward_scratch_bytes.
template <class T>
using AffineSampleBackward = void(Pixels<const T> dy, const float* matrix, Pixels<T> dx, const AffineShape&, Write,
                                  std::byte* scratch, Stream);

namespace reference {
template <class T>
void affine_sample(Pixels<const T> x, const float* matrix, Pixels<T> y, const AffineShape&, Stream);
template <class T>
void affine_sample_backward(Pixels<const T> dy, const float* matrix, Pixels<T> dx, const AffineShape&, Write,
                            std::byte* scratch, Stream);
}  // namespace reference

namespace cpu {
/// Rows of dx whose sums a thread keeps in scratch, with one more on each side, while pixels of dy give them their
/// shares; twice those of three colors.
constexpr std::int64_t affine_rows_at_once = 16;
GRADUS_INLINE std::int64_t affine_backward_scratch_floats(const AffineShape& s) {
    return (affine_rows_at_once + 2) * (s.W + 2) * (s.C == 3 ? 2 * 4 : s.C);
}
GRADUS_INLINE std::size_t affine_backward_scratch_bytes(const AffineShape& s, int threads) {
    return static_cast<std::size_t>(affine_backward_scratch_floats(s) * threads) * sizeof(float);
}
GRADUS_EACH_ISA(                        //
    AffineSample<float> affine_sample;  //
    AffineSampleBackward<float> affine_sample_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(AffineSample<float> affine_sample; AffineSample<bf16> affine_sample;
                 AffineSampleBackward<float> affine_sample_backward; AffineSampleBackward<bf16> affine_sample_backward;)

}  // namespace gradus::kernels
