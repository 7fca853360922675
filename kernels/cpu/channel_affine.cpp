#include "kernels/channel_affine.h"

#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

constexpr std::int64_t grain = 1 << 12;  // pixels

// Where the numbers of channels are known when this is compiled (3 of them: a picture), the loops over them unroll.
// 0: they are not.
template <int fixed, bool accumulate, class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, const ChannelMap& map, Stream stream) {
    const std::int64_t K = fixed ? fixed : map.K;
    parallel_ranges(stream, pixels, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const T* in = x[i];
            T* out = y[i];
            for (std::int64_t k = 0; k < K; ++k) {
                const float v = map.scale[k] * static_cast<float>(in[map.from[k]]) + map.shift[k];
                out[k] = T(accumulate ? static_cast<float>(out[k]) + v : v);
            }
        }
    });
}

template <int fixed, bool accumulate, class T>
void backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, const ChannelMap& map,
              Stream stream) {
    const std::int64_t K = fixed ? fixed : map.K, C = fixed ? fixed : channels;
    parallel_ranges(stream, pixels, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const T* from = dy[i];
            T* to = dx[i];
            for (std::int64_t c = 0; c < C; ++c) {
                float sum = accumulate ? static_cast<float>(to[c]) : 0.0f;
                for (std::int64_t k = 0; k < K; ++k)
                    if (map.from[k] == c) sum += map.scale[k] * static_cast<float>(from[k]);
                to[c] = T(sum);
            }
        }
    });
}

template <bool accumulate, class T>
void forward(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, const ChannelMap& map, Stream stream) {
    if (map.K == 3)
        forward<3, accumulate>(x, y, pixels, map, stream);
    else
        forward<0, accumulate>(x, y, pixels, map, stream);
}

template <bool accumulate, class T>
void backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels, const ChannelMap& map,
              Stream stream) {
    if (map.K == 3 && channels == 3)
        backward<3, accumulate>(dy, dx, pixels, channels, map, stream);
    else
        backward<0, accumulate>(dy, dx, pixels, channels, map, stream);
}

}  // namespace

#define PROVIDE(T)                                                                                               \
    void channel_affine(Pixels<const T> x, Pixels<T> y, std::int64_t pixels, const ChannelMap& map, Write write, \
                        Stream stream) {                                                                         \
        if (write == Write::accumulate)                                                                          \
            forward<true>(x, y, pixels, map, stream);                                                            \
        else                                                                                                     \
            forward<false>(x, y, pixels, map, stream);                                                           \
    }                                                                                                            \
    void channel_affine_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t pixels, std::int64_t channels,   \
                                 const ChannelMap& map, Write write, Stream stream) {                            \
        if (write == Write::accumulate)                                                                          \
            backward<true>(dy, dx, pixels, channels, map, stream);                                               \
        else                                                                                                     \
            backward<false>(dy, dx, pixels, channels, map, stream);                                              \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
