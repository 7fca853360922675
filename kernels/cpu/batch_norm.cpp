// Statistics: blocks of pixels, a sum in double for each channel, the blocks' sums added in order. What is done to
// values: each block makes a table of its channels first, which is little beside its pixels, and stays in the
// first-level cache. Bound by memory: the statistics read x, and backward dy, once; the values are read and written
// once.
#include "kernels/batch_norm.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/simd_bf16.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

constexpr i64 most_channels = 256;  // of a table

struct Table {
    float mean[most_channels], scale[most_channels], beta[most_channels];  // y = (x - mean) scale + beta
};

/// Channels c0 ... c0 + n - 1.
void fill(Table& t, const float* moments, const float* gamma, const float* beta, const BatchNormShape& s, i64 c0,
          i64 n) {
    for (i64 c = 0; c < n; ++c) {
        t.mean[c] = moments[c0 + c];
        t.scale[c] = batch_norm_scale(moments[s.C + c0 + c], gamma[c0 + c], s.options.eps);
        t.beta[c] = beta[c0 + c];
    }
}

/// f(first pixel, last pixel, first channel, channels) for the pieces of all pixels.
template <class F>
void for_pieces(Stream stream, i64 pixels, i64 channels, const F& f) {
    parallel_ranges(stream, pixels, reduce_rows(channels), [&](i64 first, i64 last) {
        for (i64 c = 0; c < channels; c += most_channels)
            f(first, last, c, channels - c < most_channels ? channels - c : most_channels);
    });
}

/// Two sums of each channel over all pixels, (2,C): add(first pixel, last pixel, first channel, channels, one, other)
/// adds a piece onto those of its channels.
template <class F>
const double* two_sums(Stream stream, i64 pixels, i64 channels, std::byte* scratch, const F& add) {
    auto* sums = reinterpret_cast<double*>(scratch);
    const i64 rows = reduce_rows(channels), blocks = reduce_blocks(pixels, channels);
    parallel_for(stream, blocks, [&](i64 b, int) {
        double *one = sums + 2 * b * channels, *other = one + channels;
        const i64 last = (b + 1) * rows < pixels ? (b + 1) * rows : pixels;
        for (i64 c = 0; c < 2 * channels; ++c) one[c] = 0;
        for (i64 c = 0; c < channels; c += most_channels)
            add(b * rows, last, c, channels - c < most_channels ? channels - c : most_channels, one + c, other + c);
    });
    for (i64 b = 1; b < blocks; ++b)
        for (i64 c = 0; c < 2 * channels; ++c) sums[c] += sums[2 * b * channels + c];
    return sums;
}

/// Sums in f32 are those of so many pixels at most; doubles are half as many in a vector.
constexpr i64 stretch = 16;

GRADUS_INLINE void add_to(double* sums, vec v, i64 n) {
    if (n == lanes)
        for (int j = 0; j < lanes; ++j) sums[j] += static_cast<double>(v[j]);
    else
        for (i64 j = 0; j < n; ++j) sums[j] += static_cast<double>(v[j]);
}

// A stretch is summed up as differences from its first pixel, in f32, and these in double as its mean and the squares
// around that: neither a mean far from 0 nor a pixel far from all others costs the variance digits.
template <class T>
void moments_of(Pixels<const T> x, float* y, i64 pixels, i64 channels, std::byte* scratch, Stream stream) {
    const auto add = [&](i64 first, i64 last, i64 c0, i64 n, double* __restrict one, double* __restrict other) {
        for (i64 i = first; i < last; i += stretch)
            for (i64 c = 0; c < n; c += lanes) {
                const i64 count = least(lanes, n - c), end = least(i + stretch, last);
                const vec origin = load(x[i] + c0 + c, count);
                vec sum = {}, square = {};
                for (i64 k = i + 1; k < end; ++k) {
                    const vec v = load(x[k] + c0 + c, count) - origin;
                    sum += v;
                    square = multiply_add(v, v, square);
                }
                const auto all = static_cast<double>(end - i);
                for (i64 j = 0; j < count; ++j) {
                    const auto over = static_cast<double>(sum[j]);
                    const double mean = static_cast<double>(origin[j]) + over / all;
                    one[c + j] += all * mean;
                    other[c + j] += static_cast<double>(square[j]) - over * over / all + all * mean * mean;
                }
            }
    };
    const double* sums = two_sums(stream, pixels, channels, scratch, add);
    for (i64 c = 0; c < channels; ++c) {
        const double mean = sums[c] / static_cast<double>(pixels);
        const double variance = sums[channels + c] / static_cast<double>(pixels) - mean * mean;
        y[c] = static_cast<float>(mean);
        y[channels + c] = static_cast<float>(variance > 0 ? variance : 0);
    }
}

template <bool relu, class T>
void normalize(Pixels<const T> x, const float* moments, const float* gamma, const float* beta, Pixels<T> y,
               const BatchNormShape& s, Stream stream) {
    for_pieces(stream, s.pixels, s.C, [&](i64 first, i64 last, i64 c0, i64 n) {
        Table t;
        fill(t, moments, gamma, beta, s, c0, n);
        for (i64 i = first; i < last; ++i) {
            const T* from = x[i] + c0;
            T* to = y[i] + c0;
            for (i64 c = 0; c < n; c += lanes) {
                const i64 count = least(lanes, n - c);
                const vec v = (load(from + c, count) - load(t.mean + c, count)) * load(t.scale + c, count) +
                              load(t.beta + c, count);
                store(to + c, relu ? (v > 0 ? v : vec{}) : v, count);
            }
        }
    });
}

template <bool relu, class T>
void sums_of(Pixels<const T> x, Pixels<const T> dy, const float* moments, const float* gamma, const float* beta,
             float* y, const BatchNormShape& s, std::byte* scratch, Stream stream) {
    const double* sums =
        two_sums(stream, s.pixels, s.C, scratch,
                 [&](i64 first, i64 last, i64 c0, i64 n, double* __restrict one, double* __restrict other) {
                     Table t;
                     fill(t, moments, gamma, beta, s, c0, n);
                     for (i64 i = first; i < last; i += stretch)
                         for (i64 c = 0; c < n; c += lanes) {
                             const i64 count = least(lanes, n - c);
                             const vec mean = load(t.mean + c, count), scale = load(t.scale + c, count),
                                       shift = load(t.beta + c, count);
                             vec sum = {}, product = {};
                             for (i64 k = i; k < least(i + stretch, last); ++k) {
                                 const vec v = load(x[k] + c0 + c, count) - mean;
                                 vec g = load(dy[k] + c0 + c, count);
                                 if (relu) g = v * scale + shift > 0 ? g : vec{};
                                 sum += g;
                                 product = multiply_add(g, v, product);
                             }
                             add_to(one + c, sum, count);
                             add_to(other + c, product, count);
                         }
                 });
    for (i64 c = 0; c < s.C; ++c) {
        const double root = batch_norm_scale(moments[s.C + c], 1.0f, s.options.eps);
        y[c] = static_cast<float>(sums[c] / static_cast<double>(s.pixels));
        y[s.C + c] = static_cast<float>(sums[s.C + c] * root / static_cast<double>(s.pixels));
    }
}

template <bool relu, bool accumulate, class T>
void backward(Pixels<const T> x, Pixels<const T> dy, const float* moments, const float* gamma, const float* beta,
              const float* sums, Pixels<T> dx, const BatchNormShape& s, Stream stream) {
    for_pieces(stream, s.pixels, s.C, [&](i64 first, i64 last, i64 c0, i64 n) {
        Table t;
        float by_x[most_channels];
        fill(t, moments, gamma, beta, s, c0, n);
        for (i64 c = 0; c < n; ++c)  // the mean of g normalized x, for x that is not normalized
            by_x[c] = sums[s.C + c0 + c] * batch_norm_scale(moments[s.C + c0 + c], 1.0f, s.options.eps);
        for (i64 i = first; i < last; ++i) {
            const T *at = x[i] + c0, *slope = dy[i] + c0;
            T* to = dx[i] + c0;
            for (i64 c = 0; c < n; c += lanes) {
                const i64 count = least(lanes, n - c);
                const vec scale = load(t.scale + c, count), v = load(at + c, count) - load(t.mean + c, count);
                vec g = load(slope + c, count);
                if (relu) g = v * scale + load(t.beta + c, count) > 0 ? g : vec{};
                const vec d = scale * (g - load(sums + c0 + c, count) - v * load(by_x + c, count));
                store(to + c, accumulate ? load(to + c, count) + d : d, count);
            }
        }
    });
}

}  // namespace

#define PROVIDE(T)                                                                                                     \
    void channel_moments(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t channels, std::byte* scratch,  \
                         Stream stream) {                                                                              \
        moments_of(x, y, pixels, channels, scratch, stream);                                                           \
    }                                                                                                                  \
    void batch_norm(Pixels<const T> x, const float* moments, const float* gamma, const float* beta, Pixels<T> y,       \
                    const BatchNormShape& s, Stream stream) {                                                          \
        if (s.options.relu)                                                                                            \
            normalize<true>(x, moments, gamma, beta, y, s, stream);                                                    \
        else                                                                                                           \
            normalize<false>(x, moments, gamma, beta, y, s, stream);                                                   \
    }                                                                                                                  \
    void batch_norm_sums(Pixels<const T> x, Pixels<const T> dy, const float* moments, const float* gamma,              \
                         const float* beta, float* sums, const BatchNormShape& s, std::byte* scratch, Stream stream) { \
        if (s.options.relu)                                                                                            \
            sums_of<true>(x, dy, moments, gamma, beta, sums, s, scratch, stream);                                      \
        else                                                                                                           \
            sums_of<false>(x, dy, moments, gamma, beta, sums, s, scratch, stream);                                     \
    }                                                                                                                  \
    void batch_norm_backward(Pixels<const T> x, Pixels<const T> dy, const float* moments, const float* gamma,          \
                             const float* beta, const float* sums, Pixels<T> dx, const BatchNormShape& s, Write write, \
                             Stream stream) {                                                                          \
        const auto run = [&]<bool relu, bool accumulate>() {                                                           \
            backward<relu, accumulate>(x, dy, moments, gamma, beta, sums, dx, s, stream);                              \
        };                                                                                                             \
        const bool on_top = write == Write::accumulate;                                                                \
        if (s.options.relu)                                                                                            \
            on_top ? run.template operator()<true, true>() : run.template operator()<true, false>();                   \
        else                                                                                                           \
            on_top ? run.template operator()<false, true>() : run.template operator()<false, false>();                 \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
