// Some pixels at a time, all in the first-level cache: their squares go to a buffer with a margin on both sides, so
// that a window's sum is `size` neighboring loads without a condition. Backward keeps two more such buffers: the powers
// s^-beta, and the terms dy x s^(-beta-1), which are summed over the same windows. The loops are plain: compilers
// vectorize them.
#include "kernels/lrn.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

constexpr i64 room = 2048, most_channels = 1024;  // of a buffer, in f32; the difference is for margins
static_assert(most_channels + 4 * (lrn_most_size / 2) <= room);

struct Powers {
    float beta, beta_plus_1;  // s to minus these
};
struct ThreeQuarters {
    GRADUS_INLINE Powers operator()(float s) const {
        const float root = 1.0f / __builtin_sqrtf(s), power = root * __builtin_sqrtf(root);
        return {power, power * root * root};
    }
};
struct AnyPower {
    float beta;
    GRADUS_INLINE Powers operator()(float s) const {
        const float power = __builtin_powf(s, -beta);
        return {power, power / s};
    }
};

/// A window's sums of the buffer `from`, which starts half a window before the first channel; f(channel, sum) for each
/// channel. A window of 5 is unrolled.
template <class F>
GRADUS_INLINE void for_windows(const float* from, i64 channels, int size, const F& f) {
    if (size == 5) {
        for (i64 c = 0; c < channels; ++c) f(c, from[c] + from[c + 1] + from[c + 2] + from[c + 3] + from[c + 4]);
        return;
    }
    for (i64 c = 0; c < channels; ++c) {
        float sum = 0;
        for (int i = 0; i < size; ++i) sum += from[c + i];
        f(c, sum);
    }
}

/// Channels first ... first + count - 1: 0 for those that a row of `channels` does not have, f(to, channel) for the
/// others.
template <class F>
GRADUS_INLINE void fill(float* to, i64 first, i64 count, i64 channels, const F& f) {
    const i64 begin = most(0, -first), end = least(count, channels - first);
    for (i64 i = 0; i < begin; ++i) to[i] = 0;
    for (i64 i = begin; i < end; ++i) to[i] = f(first + i);
    for (i64 i = end; i < count; ++i) to[i] = 0;
}

/// Calls f(first pixel, pixels, first channel, channels) for blocks whose rows, with so wide margins, fill a buffer.
template <class F>
GRADUS_INLINE void for_blocks(Stream stream, i64 pixels, i64 channels, i64 margins, const F& f) {
    parallel_ranges(stream, pixels, most(1, (i64{1} << 14) / most(1, channels)), [&](i64 begin, i64 end) {
        for (i64 c = 0; c < channels; c += most_channels) {
            const i64 count = least(most_channels, channels - c), block = room / (count + margins);
            for (i64 i = begin; i < end; i += block) f(i, least(block, end - i), c, count);
        }
    });
}

template <class T, class Power>
void forward(Pixels<const T> x, Pixels<T> y, i64 pixels, i64 channels, const LrnOptions& o, Power power,
             Stream stream) {
    const i64 half = o.size / 2;
    const auto k = static_cast<float>(o.k), alpha = static_cast<float>(o.alpha / o.size);
    for_blocks(stream, pixels, channels, 2 * half, [&](i64 first, i64 block, i64 c0, i64 count) {
        float squares[room];
        const i64 width = count + 2 * half;
        for (i64 i = 0; i < block; ++i) {
            const T* in = x[first + i];
            fill(squares + i * width, c0 - half, width, channels, [&](i64 c) {
                const auto v = static_cast<float>(in[c]);
                return v * v;
            });
        }
        for (i64 i = 0; i < block; ++i) {
            const T* in = x[first + i] + c0;
            T* out = y[first + i] + c0;
            for_windows(squares + i * width, count, o.size,
                        [&](i64 c, float sum) { out[c] = T(static_cast<float>(in[c]) * power(k + alpha * sum).beta); });
        }
    });
}

template <bool accumulate, class T, class Power>
void backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, i64 pixels, i64 channels, const LrnOptions& o,
              Power power, Stream stream) {
    const i64 half = o.size / 2;
    const auto k = static_cast<float>(o.k), alpha = static_cast<float>(o.alpha / o.size);
    const auto factor = static_cast<float>(2 * o.alpha * o.beta / o.size);
    for_blocks(stream, pixels, channels, 4 * half, [&](i64 first, i64 block, i64 c0, i64 count) {
        float squares[room], powers[room], terms[room];
        const i64 width = count + 4 * half, wide = count + 2 * half;
        for (i64 i = 0; i < block; ++i) {
            const T* in = x[first + i];
            fill(squares + i * width, c0 - 2 * half, width, channels, [&](i64 c) {
                const auto v = static_cast<float>(in[c]);
                return v * v;
            });
        }
        // Of the wide row, the channels that there are.
        const i64 begin = most(0, half - c0), end = least(wide, channels - c0 + half);
        for (i64 i = 0; i < block; ++i) {
            float *own = powers + i * wide + begin, *term = terms + i * wide + begin;
            for_windows(squares + i * width + begin, end - begin, o.size, [&](i64 c, float sum) {
                const Powers p = power(k + alpha * sum);
                own[c] = p.beta;
                term[c] = p.beta_plus_1;
            });
        }
        for (i64 i = 0; i < block; ++i) {
            const T *in = x[first + i], *from = dy[first + i];
            float* term = terms + i * wide;
            fill(term, c0 - half, wide, channels,
                 [&](i64 c) { return static_cast<float>(from[c]) * static_cast<float>(in[c]) * term[c - c0 + half]; });
        }
        for (i64 i = 0; i < block; ++i) {
            const T *in = x[first + i] + c0, *from = dy[first + i] + c0;
            T* out = dx[first + i] + c0;
            const float* own = powers + i * wide + half;
            for_windows(terms + i * wide, count, o.size, [&](i64 c, float sum) {
                const float d = static_cast<float>(from[c]) * own[c] - factor * static_cast<float>(in[c]) * sum;
                out[c] = T(accumulate ? static_cast<float>(out[c]) + d : d);
            });
        }
    });
}

/// Calls f with the power that beta asks for.
template <class F>
void with_power(const LrnOptions& o, const F& f) {
    if (o.beta == 0.75)
        f(ThreeQuarters{});
    else
        f(AnyPower{static_cast<float>(o.beta)});
}

}  // namespace

#define PROVIDE(T)                                                                                           \
    void lrn(Pixels<const T> x, Pixels<T> y, i64 pixels, i64 channels, const LrnOptions& o, Stream stream) { \
        with_power(o, [&](auto power) { forward(x, y, pixels, channels, o, power, stream); });               \
    }                                                                                                        \
    void lrn_backward(Pixels<const T> x, Pixels<const T> dy, Pixels<T> dx, i64 pixels, i64 channels,         \
                      const LrnOptions& o, Write write, Stream stream) {                                     \
        with_power(o, [&](auto power) {                                                                      \
            if (write == Write::accumulate)                                                                  \
                backward<true>(x, dy, dx, pixels, channels, o, power, stream);                               \
            else                                                                                             \
                backward<false>(x, dy, dx, pixels, channels, o, power, stream);                              \
        });                                                                                                  \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
