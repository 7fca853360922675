#pragma once
// The fast Fourier transform of a vector of columns, in place, by whatever factors the number of points has: fours, a
// two, and odd primes. Cooley and Tukey's: of r transforms of n/r points each, of every r-th point, it makes one of n.
//
// paper  Cooley & Tukey 1965, An algorithm for the machine calculation of complex Fourier series
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// A complex number in each of `lanes` columns.
struct Complex {
    vec re, im;
};
GRADUS_INLINE Complex operator+(const Complex& a, const Complex& b) { return {a.re + b.re, a.im + b.im}; }
GRADUS_INLINE Complex operator-(const Complex& a, const Complex& b) { return {a.re - b.re, a.im - b.im}; }
GRADUS_INLINE Complex multiply_add(float a, const Complex& b, const Complex& c) {
    return {multiply_add(a, b.re, c.re), multiply_add(a, b.im, c.im)};
}

/// cos and sin of 2 pi i / n for i = 0 ... n-1.
struct Circle {
    const float *cosine, *sine;
    i64 n;
    /// z e^(-2 pi i k/n)
    GRADUS_INLINE Complex turn(const Complex& z, i64 k) const {
        const float c = cosine[k], s = sine[k];
        return {multiply_add(c, z.re, s * z.im), multiply_add(c, z.im, -s * z.re)};
    }
};

/// The factors of n <= 16384, in the order of the passes: each makes transforms so many times longer.
struct Factors {
    int count = 0;
    i64 at[16];
    GRADUS_INLINE explicit Factors(i64 n) {
        const auto take = [&](i64 factor) {
            for (; n % factor == 0; n /= factor) at[count++] = factor;
        };
        take(4);
        for (i64 factor = 2; factor * factor <= n; ++factor) take(factor);
        if (n > 1) at[count++] = n;
    }
};

/// Where each of n points belongs before the first pass: places[point].
GRADUS_INLINE void find_places(const Factors& f, i64 n, std::int32_t* places) {
    i64 digit[16] = {}, step[16], product = 1, point = 0;
    for (int k = f.count; k-- > 0; product *= f.at[k]) step[k] = product;
    for (i64 place = 0; place < n; ++place) {
        places[point] = static_cast<std::int32_t>(place);
        for (int k = 0; k < f.count; ++k) {
            point += step[k];
            if (++digit[k] < f.at[k]) break;
            point -= f.at[k] * step[k];
            digit[k] = 0;
        }
    }
}

// The transform of r points, `apart` from each other. `known` is r or, where it is no small number, 0; t has room for
// r.
template <int known>
GRADUS_INLINE void transform_few(Complex* z, i64 apart, i64 r, const Circle& circle, Complex* t) {
    if constexpr (known == 2) {
        z[0] = t[0] + t[1];
        z[apart] = t[0] - t[1];
    } else if constexpr (known == 4) {
        const Complex a = t[0] + t[2], b = t[0] - t[2], c = t[1] + t[3], d = t[1] - t[3];
        z[0] = a + c;
        z[apart] = {b.re + d.im, b.im - d.re};
        z[2 * apart] = a - c;
        z[3 * apart] = {b.re - d.im, b.im + d.re};
    } else {
        // The sums of t[q] and t[r-q] go with the cosines, the differences with the sines.
        const i64 n = known ? known : r, half = n / 2, hop = circle.n / n;
        Complex all = t[0];
#pragma GCC unroll 3
        for (i64 q = 1; q <= half; ++q) {
            const Complex sum = t[q] + t[n - q], difference = t[q] - t[n - q];
            all = all + sum;
            t[q] = sum, t[n - q] = difference;
        }
        z[0] = all;
#pragma GCC unroll 3
        for (i64 p = 1; p <= half; ++p) {
            Complex even = t[0], odd = {};
            i64 turn = 0;
#pragma GCC unroll 3
            for (i64 q = 1; q <= half; ++q) {
                turn = turn + p < n ? turn + p : turn + p - n;
                even = multiply_add(circle.cosine[turn * hop], t[q], even);
                odd = multiply_add(circle.sine[turn * hop], t[n - q], odd);
            }
            z[p * apart] = {even.re + odd.im, even.im - odd.re};
            z[(n - p) * apart] = {even.re - odd.im, even.im + odd.re};
        }
    }
}

// Of transforms of `length` points, side by side, r at a time make one.
template <int known>
void pass(Complex* z, i64 n, i64 length, i64 r, const Circle& circle, Complex* spare) {
    const i64 few = known ? known : r, hop = circle.n / (length * few);
    for (i64 j = 0; j < length; ++j)
        for (Complex* at = z + j; at < z + n; at += length * few) {
            Complex local[known ? known : 1], *t = known ? local : spare;
            t[0] = at[0];
#pragma GCC unroll 7
            for (i64 q = 1; q < few; ++q) t[q] = j ? circle.turn(at[q * length], q * j * hop) : at[q * length];
            transform_few<known>(at, length, r, circle, t);
        }
}

/// z_k = sum_i e^(-2 pi i k/n) z_i for n points that stand at their places. n divides circle.n; `spare` has room for
/// the largest factor.
void complex_dft(Complex* z, i64 n, const Factors& f, const Circle& circle, Complex* spare) {
    i64 length = 1;
    for (int k = 0; k < f.count; length *= f.at[k++]) switch (f.at[k]) {
            case 2:
                pass<2>(z, n, length, 2, circle, spare);
                break;
            case 3:
                pass<3>(z, n, length, 3, circle, spare);
                break;
            case 4:
                pass<4>(z, n, length, 4, circle, spare);
                break;
            case 5:
                pass<5>(z, n, length, 5, circle, spare);
                break;
            case 7:
                pass<7>(z, n, length, 7, circle, spare);
                break;
            default:
                pass<0>(z, n, length, f.at[k], circle, spare);
        }
}

}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
