#pragma once
// Winograd's transforms of six values, tap by tap or point by point, and the transposed ones of the filters' gradient.
// A tile's 6x6 values take one of them along the columns and then along the rows.
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

GRADUS_INLINE void input_transform(const vec* d, i64 step, vec* o, i64 out_step) {
    const vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    const vec even_u = multiply_add(-vv, d2, d4), odd_u = multiply_add(-vv, d1, d3);
    const vec even_v = multiply_add(-uu, d2, d4), odd_v = multiply_add(-uu, d1, d3);
    o[0] = multiply_add(uuvv, d0, multiply_add(-uu_vv, d2, d4));
    o[out_step] = multiply_add(u, odd_u, even_u);
    o[2 * out_step] = multiply_add(-u, odd_u, even_u);
    o[3 * out_step] = multiply_add(v, odd_v, even_v);
    o[4 * out_step] = multiply_add(-v, odd_v, even_v);
    o[5 * out_step] = multiply_add(uuvv, d1, multiply_add(-uu_vv, d3, d5));
}

template <int out>
GRADUS_INLINE void output_transform(const vec* m, i64 step, vec* o, i64 out_step) {
    const vec even_u = m[step] + m[2 * step], odd_u = m[step] - m[2 * step];
    const vec even_v = m[3 * step] + m[4 * step], odd_v = m[3 * step] - m[4 * step];
    o[0] = m[0] + even_u + even_v;
    if constexpr (out == 2) {
        o[out_step] = multiply_add(u, odd_u, multiply_add(v, odd_v, m[5 * step]));
    } else {
        o[out_step] = multiply_add(u, odd_u, v * odd_v);
        o[2 * out_step] = multiply_add(uu, even_u, vv * even_v);
        o[3 * out_step] = multiply_add(u * uu, odd_u, multiply_add(v * vv, odd_v, m[5 * step]));
    }
}

// The six values of a filter's row or column at the points; taps step apart.
template <int taps>
GRADUS_INLINE void filter_transform(const vec* g, i64 step, vec* o, i64 out_step) {
    const auto at = [&](float point) {  // the polynomial g0 + g1 point + ...
        vec sum = g[(taps - 1) * step];
        for (int i = taps - 2; i >= 0; --i) sum = sum * point + g[i * step];
        return sum;
    };
    o[0] = g[0] * (1 / uuvv);
    o[out_step] = at(u) * (1 / (2 * uu * (uu - vv)));
    o[2 * out_step] = at(-u) * (1 / (2 * uu * (uu - vv)));
    o[3 * out_step] = at(v) * (1 / (2 * vv * (vv - uu)));
    o[4 * out_step] = at(-v) * (1 / (2 * vv * (vv - uu)));
    o[5 * out_step] = g[(taps - 1) * step];
}

// output_transform transposed: the values of the polynomial y0 + y1 point + ... at the points.
template <int out>
GRADUS_INLINE void output_gradient(const vec* y, i64 step, vec* o, i64 out_step) {
    vec even_u = y[0], even_v = y[0], odd_u = y[step], odd_v = y[step];
    if constexpr (out == 4) {
        even_u = multiply_add(uu, y[2 * step], even_u), odd_u = multiply_add(uu, y[3 * step], odd_u);
        even_v = multiply_add(vv, y[2 * step], even_v), odd_v = multiply_add(vv, y[3 * step], odd_v);
    }
    o[0] = y[0];
    o[out_step] = multiply_add(u, odd_u, even_u);
    o[2 * out_step] = multiply_add(-u, odd_u, even_u);
    o[3 * out_step] = multiply_add(v, odd_v, even_v);
    o[4 * out_step] = multiply_add(-v, odd_v, even_v);
    o[5 * out_step] = y[(out - 1) * step];
}

// filter_transform transposed: tap i is the sum of the weighted values times point^i.
template <int taps>
GRADUS_INLINE void filter_gradient(const vec* m, i64 step, vec* o, i64 out_step) {
    constexpr float of_u = 1 / (2 * uu * (uu - vv)), of_v = 1 / (2 * vv * (vv - uu));
    vec at_u[2] = {(m[step] + m[2 * step]) * of_u, (m[step] - m[2 * step]) * (of_u * u)};  // times an even power, odd
    vec at_v[2] = {(m[3 * step] + m[4 * step]) * of_v, (m[3 * step] - m[4 * step]) * (of_v * v)};
    for (int i = 0; i < taps; ++i) {
        o[i * out_step] = at_u[i % 2] + at_v[i % 2];
        at_u[i % 2] *= uu, at_v[i % 2] *= vv;
    }
    o[0] = multiply_add(1 / uuvv, m[0], o[0]);
    o[(taps - 1) * out_step] += m[5 * step];
}

}  // namespace winograd
}  // namespace
}  // namespace gradus::kernels::cpu::GRADUS_ISA
