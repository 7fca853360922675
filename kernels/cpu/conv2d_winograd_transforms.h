#pragma once
// Winograd's transforms of six values, tap by tap or point by point, and the transposed ones of the filters' gradient:
// of the values that a function gives, d(0), d(1) ... A tile's 6x6 values take one of them along the columns and then
// along the rows.
//
// paper  Lavin & Gray 2016, Fast Algorithms for Convolutional Neural Networks
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {
namespace winograd {

constexpr i64 side = 6, products = side * side;

// The points are 0, +-u, +-v and infinity. The usual 1 and 2 lose twice as many digits, and these are exact in binary.
constexpr float u = 0.625f, v = 1.5f;
constexpr float uu = u * u, vv = v * v, uuvv = uu * vv, uu_vv = uu + vv;

/// Three of the six points: 0 and +-u, or +-v and infinity. They share no sum with the other three.
enum class Half { low, high };

template <Half half, class Value>
GRADUS_INLINE void input_transform(const Value& d, vec* o) {
    constexpr bool low = half == Half::low;
    constexpr float point = low ? u : v, other = low ? vv : uu;
    const vec d1 = d(1), d2 = d(2), d3 = d(3), d4 = d(4), end = d(low ? 0 : 5);
    const vec even = multiply_add(-other, d2, d4), odd = multiply_add(-other, d1, d3);
    o[low ? 1 : 0] = multiply_add(point, odd, even);
    o[low ? 2 : 1] = multiply_add(-point, odd, even);
    o[low ? 0 : 2] = low ? multiply_add(uuvv, end, multiply_add(-uu_vv, d2, d4))
                         : multiply_add(uuvv, d1, multiply_add(-uu_vv, d3, end));
}

template <int out, class Value>
GRADUS_INLINE void output_transform(const Value& m, vec* o) {
    const vec m1 = m(1), m2 = m(2), m3 = m(3), m4 = m(4);
    const vec even_u = m1 + m2, odd_u = m1 - m2, even_v = m3 + m4, odd_v = m3 - m4;
    o[0] = m(0) + even_u + even_v;
    if constexpr (out == 2) {
        o[1] = multiply_add(u, odd_u, multiply_add(v, odd_v, m(5)));
    } else {
        o[1] = multiply_add(u, odd_u, v * odd_v);
        o[2] = multiply_add(uu, even_u, vv * even_v);
        o[3] = multiply_add(u * uu, odd_u, multiply_add(v * vv, odd_v, m(5)));
    }
}

// The six values of a filter's row or column at the points.
template <int taps, class Value>
GRADUS_INLINE void filter_transform(const Value& g, vec* o) {
    const auto at = [&](float point) {  // the polynomial g0 + g1 point + ...
        vec sum = g(taps - 1);
        for (int i = taps - 2; i >= 0; --i) sum = sum * point + g(i);
        return sum;
    };
    o[0] = g(0) * (1 / uuvv);
    o[1] = at(u) * (1 / (2 * uu * (uu - vv)));
    o[2] = at(-u) * (1 / (2 * uu * (uu - vv)));
    o[3] = at(v) * (1 / (2 * vv * (vv - uu)));
    o[4] = at(-v) * (1 / (2 * vv * (vv - uu)));
    o[5] = g(taps - 1);
}

// output_transform transposed: the values of the polynomial y0 + y1 point + ... at the points.
template <int out, class Value>
GRADUS_INLINE void output_gradient(const Value& y, vec* o) {
    const vec y0 = y(0), y1 = y(1), last = y(out - 1);
    vec even_u = y0, even_v = y0, odd_u = y1, odd_v = y1;
    if constexpr (out == 4) {
        const vec y2 = y(2);
        even_u = multiply_add(uu, y2, even_u), odd_u = multiply_add(uu, last, odd_u);
        even_v = multiply_add(vv, y2, even_v), odd_v = multiply_add(vv, last, odd_v);
    }
    o[0] = y0;
    o[1] = multiply_add(u, odd_u, even_u);
    o[2] = multiply_add(-u, odd_u, even_u);
    o[3] = multiply_add(v, odd_v, even_v);
    o[4] = multiply_add(-v, odd_v, even_v);
    o[5] = last;
}

// filter_transform transposed: tap i is the sum of the weighted values times point^i.
template <int taps, class Value>
GRADUS_INLINE void filter_gradient(const Value& m, vec* o) {
    constexpr float of_u = 1 / (2 * uu * (uu - vv)), of_v = 1 / (2 * vv * (vv - uu));
    const vec m1 = m(1), m2 = m(2), m3 = m(3), m4 = m(4);
    vec at_u[2] = {(m1 + m2) * of_u, (m1 - m2) * (of_u * u)};  // times an even power, odd
    vec at_v[2] = {(m3 + m4) * of_v, (m3 - m4) * (of_v * v)};
    for (int i = 0; i < taps; ++i) {
        o[i] = at_u[i % 2] + at_v[i % 2];
        at_u[i % 2] *= uu, at_v[i % 2] *= vv;
    }
    o[0] = multiply_add(1 / uuvv, m(0), o[0]);
    o[taps - 1] += m(5);
}

}  // namespace winograd
}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
