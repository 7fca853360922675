#pragma once
// The three measures of roughness, written once for every provider. term(right, down) is what two differences add to
// the sum; V is double or a vector of doubles. slope(d, factor(right, down)) is its derivative by the difference d, of
// the two. needs_both: a pixel without a right or a lower neighbor adds nothing.
#include <type_traits>

#include "kernels/pointwise_functions.h"
#include "kernels/total_variation.h"

namespace gradus::kernels {

struct TvSquared {
    static constexpr bool needs_both = true;
    template <class V>
    GRADUS_INLINE V term(const V& right, const V& down) const {
        return (right * right + down * down) * 0.5;
    }
    GRADUS_INLINE float factor(float, float) const { return 1; }
    GRADUS_INLINE float slope(float d, float) const { return d; }
};

struct TvL1 {
    static constexpr bool needs_both = false;
    template <class V>
    GRADUS_INLINE V term(const V& right, const V& down) const {
        return (right < 0.0 ? -right : right) + (down < 0.0 ? -down : down);
    }
    GRADUS_INLINE float factor(float, float) const { return 1; }
    GRADUS_INLINE float slope(float d, float) const { return d > 0 ? 1.0f : d < 0 ? -1.0f : 0.0f; }
};

// (right^2 + down^2)^(beta/2) for beta = 1, 2 and any (0): roots are fast, other powers are not.
template <int whole>
struct TvBeta {
    static constexpr bool needs_both = false;
    double half;        // beta/2
    float beta, floor;  // floor: of right^2 + down^2, where v is tv_floor

    GRADUS_INLINE double power(double squares) const {
        return whole == 2 ? squares : whole == 1 ? sqrt_of(squares) : pow_of(squares, half);
    }
    template <class V>
    GRADUS_INLINE V term(const V& right, const V& down) const {
        V sums = right * right + down * down;
        if constexpr (std::is_same_v<V, double>)
            return power(sums);
        else if (whole != 2)
            for (std::size_t k = 0; k < sizeof(V) / sizeof(double); ++k) sums[k] = power(sums[k]);
        return sums;
    }
    GRADUS_INLINE float factor(float right, float down) const {
        if (whole == 2) return 2;
        const float squares = right * right + down * down, least = squares > floor ? squares : floor;
        return whole == 1 ? 1 / sqrt_of(least) : beta * pow_of(least, static_cast<float>(half) - 1);
    }
    GRADUS_INLINE float slope(float d, float factor) const { return factor * d; }
};

/// Calls f with the measure that the shape names.
template <class F>
GRADUS_INLINE void with_kind(const TvShape& z, const F& f) {
    if (z.kind == TvKind::squared) return f(TvSquared{});
    if (z.kind == TvKind::l1) return f(TvL1{});
    const double half = z.beta / 2;
    const float beta = static_cast<float>(z.beta), floor = static_cast<float>(pow_of(tv_floor, 1 / half));
    if (z.beta == 1) return f(TvBeta<1>{half, beta, floor});
    if (z.beta == 2) return f(TvBeta<2>{half, beta, floor});
    f(TvBeta<0>{half, beta, floor});
}

}  // namespace gradus::kernels
