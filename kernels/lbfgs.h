#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/inline.h"
#include "kernels/stream.h"

// L-BFGS without a vector operation in the recursion (Chen et al. 2014): one pass computes inner products, a few
// hundred numbers tell how much of each vector the direction holds, one pass adds the vectors up.
//
// history (2 m + 2, row)   steps s in rows 0..m-1, changes of the gradient y in rows m..2m-1, the picture and the
//                          gradient before in the last two. A row is n values, and as many more as make whole 16 bytes.
//                          Pair number p lies in row p mod m.
// products                 y with every row of s and y, with the new s and with the new y; g with the same; sum |g|
// memory                   pairs kept so far, steps taken, s_i y_j (m, m), y_i y_j (m, m)
// coefficients             of each row of s and y, of the new s and the new y, and of g, in the direction; and the row
//                          that the new pair goes to, -1: nowhere
namespace gradus::kernels {

struct LbfgsShape {
    std::int64_t pairs = 0;  // m
    std::int64_t n = 0;      // values of the picture

    GRADUS_INLINE std::int64_t row() const { return (n + 3) / 4 * 4; }
    GRADUS_INLINE std::int64_t vectors() const { return 2 * pairs + 2; }  // with the new pair
    GRADUS_INLINE std::int64_t products() const { return 2 * vectors() + 1; }
    GRADUS_INLINE std::int64_t memory() const { return 2 + 2 * pairs * pairs; }
    GRADUS_INLINE std::int64_t coefficients() const { return vectors() + 2; }
};

/// Values that are multiplied and summed at a time before their sums are added to the others', in order.
constexpr std::int64_t lbfgs_block = 1 << 11;

GRADUS_INLINE std::size_t lbfgs_scratch_bytes(const LbfgsShape& s) {
    const std::int64_t blocks = (s.n + lbfgs_block - 1) / lbfgs_block;
    return static_cast<std::size_t>(blocks * s.products()) * sizeof(double);
}

/// `scratch`: the products of each block.
template <class T>
using LbfgsProducts = void(const T* history, const T* x, const T* g, double* products, const LbfgsShape&,
                           std::byte* scratch, Stream);

/// A pair is kept where s y > eps y y, which no NaN is. Without any, the direction is as long as `first` in the sum of
/// its absolute values, twice as long after each step that left none, and not longer than the gradient, nor than 1.
struct LbfgsRule {
    double eps = 1e-10, first = 1;

    GRADUS_INLINE double first_scale(double steps, double l1) const {
        double length = first;
        for (double step = 0; step < steps && length < 1; ++step) length *= 2;
        length = length < 1 ? length : 1;
        return l1 > length ? length / l1 : 1;
    }
};

/// `of_slope`: the products whose second half, those of the gradient, counts; `products`: whose first.
using LbfgsCoefficients = void(const double* products, const double* of_slope, const double* memory,
                               double* coefficients, double* next_memory, std::int64_t pairs, LbfgsRule, Stream);

template <class T>
using LbfgsDirection = void(const T* history, const T* x, const T* g, const double* coefficients, T* direction,
                            const LbfgsShape&, Stream);

/// Writes the new pair, where it is kept, and the picture and gradient before.
template <class T>
using LbfgsPush = void(T* history, const T* x, const T* g, const double* coefficients, const LbfgsShape&, Stream);

namespace reference {
template <class T>
void lbfgs_products(const T* history, const T* x, const T* g, double* products, const LbfgsShape&, std::byte* scratch,
                    Stream);
LbfgsCoefficients lbfgs_coefficients;
template <class T>
void lbfgs_direction(const T* history, const T* x, const T* g, const double* coefficients, T* direction,
                     const LbfgsShape&, Stream);
template <class T>
void lbfgs_push(T* history, const T* x, const T* g, const double* coefficients, const LbfgsShape&, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(LbfgsProducts<float> lbfgs_products; LbfgsDirection<float> lbfgs_direction;
                LbfgsPush<float> lbfgs_push;)
}
GRADUS_EACH_CUDA(LbfgsProducts<float> lbfgs_products; LbfgsCoefficients lbfgs_coefficients;
                 LbfgsDirection<float> lbfgs_direction; LbfgsPush<float> lbfgs_push;)

}  // namespace gradus::kernels
