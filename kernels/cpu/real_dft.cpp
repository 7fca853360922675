// A vector of columns at a time, in scratch that stays in the first-level caches. Where columns stand too close
// together for that (colors, along the rows of a picture), as many rows are transposed in registers first. An even
// number of real points is transformed as half as many complex ones, every second point their imaginary part; the two
// halves of what comes out tell even and odd points apart. An odd number of points has imaginary parts of 0.
#include "kernels/real_dft.h"

#include "kernels/cpu/complex_dft.h"
#include "kernels/cpu/parallel.h"
#include "kernels/cpu/simd_transpose.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

static_assert(lanes <= 16, "real_dft_scratch_bytes counts on it");

/// A vector of columns of x or y, or less at the end.
template <class T>
struct Columns {
    T* first;
    i64 stride, columns;
    GRADUS_INLINE vec read(i64 row) const { return load(first + row * stride, columns); }
};
GRADUS_INLINE void put(const Columns<float>& y, i64 row, vec v, bool add) {
    store(y.first + row * y.stride, add ? y.read(row) + v : v, y.columns);
}

/// What the transforms of all columns share, for n points or, if that is even, half as many complex ones.
struct Plan {
    i64 n, points;
    Factors factors;
    Circle circle;
    const std::int32_t* places;
    float even, odd;  // sqrt(1/n) and sqrt(1/2n)

    // Two of the waves are a circle but for their length.
    Plan(const RealDftShape& s, const float* waves, float* circles, std::int32_t* at)
        : n(s.n),
          points(n % 2 ? n : n / 2),
          factors(points),
          circle{circles, circles + n, n},
          places(at),
          even(1 / __builtin_sqrtf(static_cast<float>(n))),
          odd(even * __builtin_sqrtf(0.5f)) {
        const float length = __builtin_sqrtf(static_cast<float>(n) / 2);
        for (i64 i = 0; n > 2 && i < n; ++i) {
            circles[i] = length * waves[real_dft_cosine(n, 1) * n + i];
            circles[n + i] = length * waves[real_dft_sine(n, 1) * n + i];
        }
        find_places(factors, points, at);
    }
};

void analyze(const Columns<const float>& x, const Columns<float>& y, const Plan& p, bool add, Complex* z) {
    const auto give = [&](i64 row, vec v) { put(y, row, v, add); };
    if (p.n % 2) {
        for (i64 i = 0; i < p.n; ++i) z[p.places[i]] = {x.read(i), vec{}};
        complex_dft(z, p.n, p.factors, p.circle, z + p.n);
        give(0, p.even * z[0].re);
        for (i64 k = 1; 2 * k < p.n; ++k) {
            give(real_dft_cosine(p.n, k), 2 * p.odd * z[k].re);
            give(real_dft_sine(p.n, k), -2 * p.odd * z[k].im);
        }
        return;
    }
    const i64 half = p.points;
    for (i64 i = 0; i < half; ++i) z[p.places[i]] = {x.read(2 * i), x.read(2 * i + 1)};
    complex_dft(z, half, p.factors, p.circle, z + half);
    give(0, p.even * (z[0].re + z[0].im));
    give(real_dft_cosine(p.n, half), p.even * (z[0].re - z[0].im));
    for (i64 k = 1; 2 * k <= half; ++k) {
        const Complex a = z[k], b = z[half - k];
        const Complex evens = {a.re + b.re, a.im - b.im};
        const Complex odds = p.circle.turn({a.im + b.im, b.re - a.re}, k);
        give(real_dft_cosine(p.n, k), p.odd * (evens.re + odds.re));
        give(real_dft_sine(p.n, k), -p.odd * (evens.im + odds.im));
        if (2 * k == half) break;
        give(real_dft_cosine(p.n, half - k), p.odd * (evens.re - odds.re));
        give(real_dft_sine(p.n, half - k), p.odd * (evens.im - odds.im));
    }
}

void synthesize(const Columns<const float>& x, const Columns<float>& y, const Plan& p, bool add, Complex* z) {
    const auto amount = [&](i64 k) -> Complex {
        return {x.read(real_dft_cosine(p.n, k)), x.read(real_dft_sine(p.n, k))};
    };
    if (p.n % 2) {
        z[0] = {p.even * x.read(0), vec{}};
        for (i64 k = 1; 2 * k < p.n; ++k) {
            const Complex c = amount(k);
            z[p.places[k]] = {p.odd * c.re, p.odd * c.im};
            z[p.places[p.n - k]] = {p.odd * c.re, -p.odd * c.im};
        }
        complex_dft(z, p.n, p.factors, p.circle, z + p.n);
        for (i64 i = 0; i < p.n; ++i) put(y, i, z[i].re, add);
        return;
    }
    const i64 half = p.points;
    const vec constant = x.read(0), alternating = x.read(real_dft_cosine(p.n, half));
    z[0] = {p.even * (constant + alternating), p.even * (alternating - constant)};
    for (i64 k = 1; 2 * k <= half; ++k) {
        const Complex a = amount(k), b = amount(half - k);
        const Complex evens = {a.re + b.re, a.im - b.im}, odds = p.circle.turn({a.re - b.re, a.im + b.im}, k);
        z[p.places[k]] = {p.odd * (evens.re + odds.im), p.odd * (evens.im - odds.re)};
        z[p.places[half - k]] = {p.odd * (evens.re - odds.im), -p.odd * (evens.im + odds.re)};
    }
    complex_dft(z, half, p.factors, p.circle, z + half);
    for (i64 i = 0; i < half; ++i) {
        put(y, 2 * i, z[i].re, add);
        put(y, 2 * i + 1, -z[i].im, add);
    }
}

/// `count` rows of `length` values become columns of `lanes`; or back, with `add` onto what the rows hold.
void rows_to_columns(const float* rows, i64 length, i64 count, float* columns) {
    i64 j = 0;
    if (count == lanes)
        for (; j + lanes <= length; j += lanes) {
            alignas(sizeof(vec)) vec square[lanes];  // see gemm.h
            for (i64 i = 0; i < lanes; ++i) square[i] = load(rows + i * length + j);
            transpose_square(square);
            for (i64 i = 0; i < lanes; ++i) store(columns + (j + i) * lanes, square[i]);
        }
    for (; j < length; ++j)
        for (i64 i = 0; i < lanes; ++i) columns[j * lanes + i] = i < count ? rows[i * length + j] : 0;
}
void columns_to_rows(const float* columns, i64 length, i64 count, float* rows, bool add) {
    i64 j = 0;
    if (count == lanes)
        for (; j + lanes <= length; j += lanes) {
            alignas(sizeof(vec)) vec square[lanes];
            for (i64 i = 0; i < lanes; ++i) square[i] = load(columns + (j + i) * lanes);
            transpose_square(square);
            for (i64 i = 0; i < lanes; ++i) {
                float* to = rows + i * length + j;
                store(to, add ? load(to) + square[i] : square[i]);
            }
        }
    for (; j < length; ++j)
        for (i64 i = 0; i < count; ++i) {
            float& to = rows[i * length + j];
            to = add ? to + columns[j * lanes + i] : columns[j * lanes + i];
        }
}

}  // namespace

void real_dft(const float* x, const float* waves, float* y, const RealDftShape& s, Write write, std::byte* scratch,
              Stream stream) {
    if (s.n * s.columns() == 0) return;
    auto* all = reinterpret_cast<Complex*>(scratch);
    auto* turned = reinterpret_cast<float*>(all + 2 * s.n * stream.threads);
    const bool turns = real_dft_turns_rows(s), add = write == Write::accumulate;
    const i64 length = s.n * s.inner;  // of a row
    float* circles = turned + (turns ? length * lanes * stream.threads : 0);
    const Plan plan(s, waves, circles, reinterpret_cast<std::int32_t*>(circles + 2 * s.n));
    const auto transform = s.inverse ? synthesize : analyze;
    if (turns) {
        parallel_for(stream, ceil_div(s.outer, lanes), [&](i64 task, int thread) {
            const i64 first = task * lanes, count = least(lanes, s.outer - first), stride = s.inner * lanes;
            float* own = turned + thread * length * lanes;
            rows_to_columns(x + first * length, length, count, own);
            for (float* columns = own; columns < own + stride; columns += lanes)
                transform({columns, stride, lanes}, {columns, stride, lanes}, plan, false, all + 2 * s.n * thread);
            columns_to_rows(own, length, count, y + first * length, add);
        });
        return;
    }
    const i64 across = ceil_div(s.inner, lanes);
    parallel_for(stream, s.outer * across, [&](i64 task, int thread) {
        const i64 first = task % across * lanes, columns = least(lanes, s.inner - first);
        const i64 start = task / across * length + first;
        transform({x + start, s.inner, columns}, {y + start, s.inner, columns}, plan, add, all + 2 * s.n * thread);
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
