#pragma once
// The mathematics of the pointwise functions, written once for every provider: value(x) and slope(at), where `at` is x,
// or y where slope_reads_y. T is the type that is computed in, float or double.
#include "kernels/pointwise.h"

namespace gradus::kernels {

// The C library's functions for either type. Not std::exp and its like: those are inline functions, and of these a
// linker keeps one copy for all instruction sets. Device code knows them by their plain names only.
#if defined(__CUDACC__)
#define GRADUS_C_LIBRARY(name) ::name
#else
#define GRADUS_C_LIBRARY(name) __builtin_##name
#endif
#if defined(__CUDACC__)
GRADUS_INLINE float exp_of(float x) { return ::expf(x); }
#else
GRADUS_INLINE float power_of_two(int n) { return __builtin_bit_cast(float, (n + 127) << 23); }
// e^x = 2^n e^r with |r| <= ln 2 / 2, without a branch or a table: compilers make vectors of it. Off by less than 2e-7.
GRADUS_INLINE float exp_of(float x) {
    const float inside = x > 89.0f ? 89.0f : x < -105.0f ? -105.0f : x;  // e^89 is infinite, e^-105 is 0; a NaN stays
    const float round = 12582912.0f;                                     // adding 3 * 2^22 rounds to a whole number
    const float n = (inside * 1.44269504f + round) - round;
    const float r = inside - n * 0.693145752f - n * 1.42860677e-6f;  // ln 2 in two parts, the first with few bits
    const float high = ((1.0f / 5040 * r + 1.0f / 720) * r + 1.0f / 120) * r + 1.0f / 24;
    const float e = (((high * r + 1.0f / 6) * r + 0.5f) * r + 1) * r + 1;
    // In two steps: 2^n alone may be too large for a number, or too small.
    const int whole = static_cast<int>(n == n ? n : 0.0f), half = whole / 2;
    return e * power_of_two(half) * power_of_two(whole - half);
}
#endif
GRADUS_INLINE double exp_of(double x) { return GRADUS_C_LIBRARY(exp)(x); }
GRADUS_INLINE float log_of(float x) { return GRADUS_C_LIBRARY(logf)(x); }
GRADUS_INLINE double log_of(double x) { return GRADUS_C_LIBRARY(log)(x); }
GRADUS_INLINE float sqrt_of(float x) { return GRADUS_C_LIBRARY(sqrtf)(x); }
GRADUS_INLINE double sqrt_of(double x) { return GRADUS_C_LIBRARY(sqrt)(x); }
GRADUS_INLINE float tanh_of(float x) { return GRADUS_C_LIBRARY(tanhf)(x); }
GRADUS_INLINE double tanh_of(double x) { return GRADUS_C_LIBRARY(tanh)(x); }
GRADUS_INLINE float pow_of(float x, float p) { return GRADUS_C_LIBRARY(powf)(x, p); }
GRADUS_INLINE double pow_of(double x, double p) { return GRADUS_C_LIBRARY(pow)(x, p); }

#undef GRADUS_C_LIBRARY

template <class T>
struct Scale {
    static constexpr bool slope_reads_y = false;
    T factor;
    GRADUS_INLINE T value(T x) const { return factor * x; }
    GRADUS_INLINE T slope(T) const { return factor; }
};

template <class T>
struct Abs {
    static constexpr bool slope_reads_y = false;
    GRADUS_INLINE T value(T x) const { return x < 0 ? -x : x; }
    GRADUS_INLINE T slope(T x) const { return x > 0 ? T(1) : x < 0 ? T(-1) : T(0); }
};

template <class T>
struct Pow {
    static constexpr bool slope_reads_y = false;
    T exponent;
    GRADUS_INLINE T value(T x) const { return exponent == 2 ? x * x : pow_of(x, exponent); }
    // A power of 0 is constant, also at x = 0, where the formula says 0 times infinity.
    GRADUS_INLINE T slope(T x) const {
        return exponent == 2 ? 2 * x : exponent == 0 ? T(0) : exponent * pow_of(x, exponent - 1);
    }
};

template <class T>
struct Sqrt {
    static constexpr bool slope_reads_y = true;
    GRADUS_INLINE T value(T x) const { return sqrt_of(x); }
    GRADUS_INLINE T slope(T y) const { return T(0.5) / y; }
};

template <class T>
struct Exp {
    static constexpr bool slope_reads_y = true;
    GRADUS_INLINE T value(T x) const { return exp_of(x); }
    GRADUS_INLINE T slope(T y) const { return y; }
};

template <class T>
struct Log {
    static constexpr bool slope_reads_y = false;
    GRADUS_INLINE T value(T x) const { return log_of(x); }
    GRADUS_INLINE T slope(T x) const { return 1 / x; }
};

template <class T>
struct Sigmoid {
    static constexpr bool slope_reads_y = true;
    GRADUS_INLINE T value(T x) const { return 1 / (1 + exp_of(-x)); }  // e^-x may be infinite: then this is 0
    GRADUS_INLINE T slope(T y) const { return y * (1 - y); }
};

template <class T>
struct Tanh {
    static constexpr bool slope_reads_y = true;
    GRADUS_INLINE T value(T x) const { return tanh_of(x); }
    GRADUS_INLINE T slope(T y) const { return (1 - y) * (1 + y); }
};

template <class T>
struct Clip {
    static constexpr bool slope_reads_y = false;
    T lo, hi;
    GRADUS_INLINE T value(T x) const { return x < lo ? lo : x > hi ? hi : x; }  // NaN stays NaN
    GRADUS_INLINE T slope(T x) const { return x >= lo && x <= hi ? T(1) : T(0); }
};

/// Calls f with the function that `p` names, computing in T.
template <class T, class F>
GRADUS_INLINE auto with_function(const Pointwise& p, const F& f) {
    const T a = static_cast<T>(p.a), b = static_cast<T>(p.b);
    switch (p.function) {
        case Function::abs:
            return f(Abs<T>{});
        case Function::pow:
            return f(Pow<T>{a});
        case Function::sqrt:
            return f(Sqrt<T>{});
        case Function::exp:
            return f(Exp<T>{});
        case Function::log:
            return f(Log<T>{});
        case Function::sigmoid:
            return f(Sigmoid<T>{});
        case Function::tanh:
            return f(Tanh<T>{});
        case Function::clip:
            return f(Clip<T>{a, b});
        case Function::scale:
            break;
    }
    return f(Scale<T>{a});
}

}  // namespace gradus::kernels
