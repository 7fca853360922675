#include "kernels/reduce.h"

#include "kernels/cpu/rows.h"
#include "kernels/cpu/sums.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// Calls f(pixel, run of contiguous values) over the pixels first..last: one run where everything is dense.
template <class F>
GRADUS_INLINE void for_runs(std::int64_t first, std::int64_t last, std::int64_t channels, bool dense, const F& f) {
    if (dense) return f(first, (last - first) * channels);
    for (std::int64_t i = first; i < last; ++i) f(i, channels);
}

// The sum of block(first pixel, last pixel) over all blocks: each block in some thread, their sums in order.
template <class F>
GRADUS_INLINE double sum_of_blocks(Stream stream, std::int64_t pixels, std::int64_t channels, std::byte* scratch,
                                   const F& block) {
    auto* sums = reinterpret_cast<double*>(scratch);
    const std::int64_t rows = reduce_rows(channels), blocks = reduce_blocks(pixels, channels);
    parallel_for(stream, blocks, [&](std::int64_t b, int) {
        const std::int64_t first = b * rows, last = first + rows < pixels ? first + rows : pixels;
        sums[b] = block(first, last);
    });
    double sum = 0;
    for (std::int64_t b = 0; b < blocks; ++b) sum += sums[b];
    return sum;
}

// Two vectors of sums, so that one addition need not wait for the one before.
template <class T>
float sum_of(Pixels<const T> x, std::int64_t pixels, std::int64_t channels, double factor, std::byte* scratch,
             Stream stream) {
    const auto block = [&](std::int64_t first, std::int64_t last) {
        Sums even = {}, odd = {};
        double rest = 0;
        for_runs(first, last, channels, x.stride == channels, [&](std::int64_t pixel, std::int64_t n) {
            const T* at = x[pixel];
            std::int64_t i = 0;
            for (; i + 2 * wide <= n; i += 2 * wide) {
                even += load_wide(at + i);
                odd += load_wide(at + i + wide);
            }
            for (; i < n; ++i) rest += static_cast<double>(static_cast<float>(at[i]));
        });
        return total(even + odd) + rest;
    };
    return static_cast<float>(factor * sum_of_blocks(stream, pixels, channels, scratch, block));
}

template <class T>
float dot_of(Pixels<const T> a, Pixels<const T> b, std::int64_t pixels, std::int64_t channels, std::byte* scratch,
             Stream stream) {
    const bool dense = a.stride == channels && b.stride == channels;
    const auto block = [&](std::int64_t first, std::int64_t last) {
        Sums even = {}, odd = {};
        double rest = 0;
        for_runs(first, last, channels, dense, [&](std::int64_t pixel, std::int64_t n) {
            const T *left = a[pixel], *right = b[pixel];
            std::int64_t i = 0;
            for (; i + 2 * wide <= n; i += 2 * wide) {
                even += load_wide(left + i) * load_wide(right + i);
                odd += load_wide(left + i + wide) * load_wide(right + i + wide);
            }
            for (; i < n; ++i)
                rest += static_cast<double>(static_cast<float>(left[i])) *
                        static_cast<double>(static_cast<float>(right[i]));
        });
        return total(even + odd) + rest;
    };
    return static_cast<float>(sum_of_blocks(stream, pixels, channels, scratch, block));
}

template <class T>
void sum_channels(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t channels, std::byte* scratch,
                  Stream stream) {
    auto* sums = reinterpret_cast<double*>(scratch);
    const std::int64_t rows = reduce_rows(channels), blocks = reduce_blocks(pixels, channels);
    parallel_for(stream, blocks, [&](std::int64_t b, int) {
        const std::int64_t first = b * rows, last = first + rows < pixels ? first + rows : pixels;
        double* sum = sums + b * channels;
        for (std::int64_t c = 0; c < channels; ++c) sum[c] = 0;
        for (std::int64_t i = first; i < last; ++i) {
            const T* at = x[i];
            for (std::int64_t c = 0; c < channels; ++c) sum[c] += static_cast<double>(static_cast<float>(at[c]));
        }
    });
    for (std::int64_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (std::int64_t b = 0; b < blocks; ++b) sum += sums[b * channels + c];
        y[c] = static_cast<float>(sum);
    }
}

template <bool accumulate, class T>
void scale_by(Pixels<const T> x, float by, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, Stream stream) {
    const bool dense = x.stride == channels && dx.stride == channels;
    for_rows(stream, pixels, channels, dense, [&](std::int64_t first, std::int64_t n) {
        const T* in = x[first];
        T* out = dx[first];
        for (std::int64_t i = 0; i < n; ++i) {
            const float v = by * static_cast<float>(in[i]);
            out[i] = T(accumulate ? static_cast<float>(out[i]) + v : v);
        }
    });
}

}  // namespace

#define PROVIDE(T)                                                                                                 \
    void sum(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t channels, double factor,               \
             std::byte* scratch, Stream stream) {                                                                  \
        *y = sum_of(x, pixels, channels, factor, scratch, stream);                                                 \
    }                                                                                                              \
    void dot(Pixels<const T> a, Pixels<const T> b, float* y, std::int64_t pixels, std::int64_t channels,           \
             std::byte* scratch, Stream stream) {                                                                  \
        *y = dot_of(a, b, pixels, channels, scratch, stream);                                                      \
    }                                                                                                              \
    void channel_sums(Pixels<const T> x, float* y, std::int64_t pixels, std::int64_t channels, std::byte* scratch, \
                      Stream stream) {                                                                             \
        sum_channels(x, y, pixels, channels, scratch, stream);                                                     \
    }                                                                                                              \
    void dot_backward(Pixels<const T> x, const float* d, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, \
                      double factor, Write write, Stream stream) {                                                 \
        const float by = static_cast<float>(factor * static_cast<double>(*d));                                     \
        if (write == Write::accumulate)                                                                            \
            scale_by<true>(x, by, dx, pixels, channels, stream);                                                   \
        else                                                                                                       \
            scale_by<false>(x, by, dx, pixels, channels, stream);                                                  \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
