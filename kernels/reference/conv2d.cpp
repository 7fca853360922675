#include "kernels/conv2d.h"

#include "kernels/cpu/parallel.h"

namespace gradus::kernels::reference {
namespace {

using i64 = std::int64_t;

// Independent sums that are carried side by side: pixels of a row, or channels of a pixel.
constexpr i64 run = 8, channels = 64;

i64 least(i64 a, i64 b) { return a < b ? a : b; }

template <class T>
void finish(double sum, T& out, const T* mask, bool relu, Write write) {
    if (write == Write::accumulate) sum += static_cast<double>(out);
    if (relu && sum < 0) sum = 0;
    if (mask && !(static_cast<double>(*mask) > 0)) sum = 0;
    out = static_cast<T>(static_cast<Compute<T>>(sum));
}

}  // namespace

// One row of y at a time, eight of its pixels at a time: y[p,q,k] = bias[k] + sum of x[h,w,c] w[k,c,r,s].
template <class T>
void conv2d(Pixels<const T> x, const void* packed, const Weight<T>* bias, Pixels<T> y, const Conv2dShape& z,
            const Epilogue<T>& epilogue, Write write, std::byte*, Stream stream) {
    const auto* w = static_cast<const Weight<T>*>(packed);
    const i64 Cg = z.C / z.groups, Kg = z.K / z.groups;
    cpu::parallel_for(stream, z.N * z.P, [&](i64 row, int) {
        const i64 n = row / z.P, p = row % z.P;
        for (i64 q0 = 0; q0 < z.Q; q0 += run)
            for (i64 k = 0; k < z.K; ++k) {
                double sum[run];
                for (double& v : sum) v = bias ? static_cast<double>(bias[k]) : 0.0;
                for (i64 r = 0; r < z.R; ++r) {
                    const i64 h = p * z.stride_h - z.pad_h + r * z.dilation_h;
                    if (h < 0 || h >= z.H) continue;
                    for (i64 s = 0; s < z.S; ++s) {
                        const Weight<T>* tap = w + (k * Cg * z.R + r) * z.S + s;
                        const i64 w0 = q0 * z.stride_w - z.pad_w + s * z.dilation_w;
                        i64 first = 0, last = least(run, z.Q - q0);
                        while (first < last && w0 + first * z.stride_w < 0) ++first;
                        while (last > first && w0 + (last - 1) * z.stride_w >= z.W) --last;
                        const T* in = x[(n * z.H + h) * z.W] + k / Kg * Cg;
                        for (i64 c = 0; c < Cg; ++c) {
                            const auto weight = static_cast<double>(tap[c * z.R * z.S]);
                            for (i64 i = first; i < last; ++i)
                                sum[i] += weight * static_cast<double>(in[(w0 + i * z.stride_w) * x.stride + c]);
                        }
                    }
                }
                for (i64 i = 0; i < run && q0 + i < z.Q; ++i) {
                    const i64 pixel = row * z.Q + q0 + i;
                    finish(sum[i], y[pixel][k], epilogue.mask.data ? epilogue.mask[pixel] + k : nullptr, epilogue.relu,
                           write);
                }
            }
    });
}

// One row of dx at a time, eight pixels and 64 channels of it at a time: dx[h,w,c] = sum of dy[p,q,k]
// w[k,c,r,s] over those p, q that saw the pixel through tap r, s.
template <class T>
void conv2d_input_grad(Pixels<const T> dy, const void* packed, Pixels<T> dx, const Conv2dShape& z,
                       const Epilogue<T>& epilogue, Write write, std::byte*, Stream stream) {
    const auto* w = static_cast<const Weight<T>*>(packed);
    const i64 Cg = z.C / z.groups, Kg = z.K / z.groups, taps = z.R * z.S;
    cpu::parallel_for(stream, z.N * z.H, [&](i64 row, int) {
        const i64 n = row / z.H, h = row % z.H;
        for (i64 w0 = 0; w0 < z.W; w0 += run)
            for (i64 group = 0; group < z.groups; ++group)
                for (i64 c0 = 0; c0 < Cg; c0 += channels) {
                    const i64 count = least(channels, Cg - c0), width = least(run, z.W - w0);
                    double sum[run][channels] = {};
                    for (i64 r = 0; r < z.R; ++r)
                        for (i64 s = 0; s < z.S; ++s) {
                            const i64 ph = h + z.pad_h - r * z.dilation_h, p = ph / z.stride_h;
                            if (ph < 0 || ph % z.stride_h || p >= z.P) continue;
                            const T* from[run] = {};
                            for (i64 i = 0; i < width; ++i) {
                                const i64 qw = w0 + i + z.pad_w - s * z.dilation_w, q = qw / z.stride_w;
                                if (qw >= 0 && qw % z.stride_w == 0 && q < z.Q)
                                    from[i] = dy[(n * z.P + p) * z.Q + q] + group * Kg;
                            }
                            for (i64 k = 0; k < Kg; ++k) {
                                const Weight<T>* tap = w + ((group * Kg + k) * Cg + c0) * taps + r * z.S + s;
                                for (i64 i = 0; i < width; ++i) {
                                    if (!from[i]) continue;
                                    const auto d = static_cast<double>(from[i][k]);
                                    for (i64 c = 0; c < count; ++c) sum[i][c] += d * static_cast<double>(tap[c * taps]);
                                }
                            }
                        }
                    for (i64 i = 0; i < width; ++i)
                        for (i64 c = 0; c < count; ++c) {
                            const i64 pixel = row * z.W + w0 + i, channel = group * Cg + c0 + c;
                            finish(sum[i][c], dx[pixel][channel],
                                   epilogue.mask.data ? epilogue.mask[pixel] + channel : nullptr, epilogue.relu, write);
                        }
                }
    });
}

// One output channel k at a time, 64 input channels at a time: dw[k,c,r,s] = sum over the pixels of y of dy
// x.
template <class T>
void conv2d_weight_grad(Pixels<const T> x, Pixels<const T> dy, Weight<T>* dw, const Conv2dShape& z, Write write,
                        std::byte*, Stream stream) {
    const i64 Cg = z.C / z.groups, Kg = z.K / z.groups;
    cpu::parallel_for(stream, z.K, [&](i64 k, int) {
        for (i64 r = 0; r < z.R; ++r)
            for (i64 s = 0; s < z.S; ++s)
                for (i64 c0 = 0; c0 < Cg; c0 += channels) {
                    const i64 count = least(channels, Cg - c0);
                    double sum[channels] = {};
                    for (i64 pixel = 0; pixel < z.N * z.P * z.Q; ++pixel) {
                        const i64 n = pixel / (z.P * z.Q), p = pixel / z.Q % z.P, q = pixel % z.Q;
                        const i64 h = p * z.stride_h - z.pad_h + r * z.dilation_h;
                        const i64 v = q * z.stride_w - z.pad_w + s * z.dilation_w;
                        if (h < 0 || h >= z.H || v < 0 || v >= z.W) continue;
                        const auto d = static_cast<double>(dy[pixel][k]);
                        const T* in = x[(n * z.H + h) * z.W + v] + k / Kg * Cg + c0;
                        for (i64 c = 0; c < count; ++c) sum[c] += d * static_cast<double>(in[c]);
                    }
                    for (i64 c = 0; c < count; ++c)
                        finish<Weight<T>>(sum[c], dw[((k * Cg + c0 + c) * z.R + r) * z.S + s], nullptr, false, write);
                }
    });
}

#define GRADUS_CONV2D(T)                                                                                         \
    template void conv2d<T>(Pixels<const T>, const void*, const Weight<T>*, Pixels<T>, const Conv2dShape&,       \
                            const Epilogue<T>&, Write, std::byte*, Stream);                                      \
    template void conv2d_input_grad<T>(Pixels<const T>, const void*, Pixels<T>, const Conv2dShape&,              \
                                       const Epilogue<T>&, Write, std::byte*, Stream);                           \
    template void conv2d_weight_grad<T>(Pixels<const T>, Pixels<const T>, Weight<T>*, const Conv2dShape&, Write, \
                                        std::byte*, Stream);
GRADUS_CONV2D(float)
GRADUS_CONV2D(double)
GRADUS_CONV2D(bf16)
#undef GRADUS_CONV2D

}  // namespace gradus::kernels::reference
