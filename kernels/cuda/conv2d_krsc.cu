// Filters between our order, (K, C/groups, R, S), and cuDNN's for NHWC activations, (K, R, S, C/groups), in the type of
// those. One thread per value; neighbors write neighboring values and read R * S or C apart, which is no matter for so
// few.
#include "kernels/conv2d.h"
#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

template <class T>
__global__ void __launch_bounds__(threads_per_block)
    to_krsc_kernel(const float* w, T* packed, std::int64_t size, int channels, int taps) {
    for (auto i = first_element(); i < size; i += grid_stride()) {
        const std::int64_t row = i / channels, k = row / taps;
        packed[i] = T(w[(k * channels + (i - row * channels)) * taps + (row - k * taps)]);
    }
}

template <class T, Write write>
__global__ void __launch_bounds__(threads_per_block)
    from_krsc_kernel(const T* packed, float* dw, std::int64_t size, int channels, int taps) {
    for (auto i = first_element(); i < size; i += grid_stride()) {
        const std::int64_t row = i / taps, k = row / channels;
        const float kept = write == Write::accumulate ? dw[i] : 0.0f;
        dw[i] = kept + static_cast<float>(packed[(k * taps + (i - row * taps)) * channels + (row - k * channels)]);
    }
}

std::int64_t values(const Conv2dShape& z) { return z.K * (z.C / z.groups) * z.R * z.S; }
int channels(const Conv2dShape& z) { return static_cast<int>(z.C / z.groups); }
int taps(const Conv2dShape& z) { return static_cast<int>(z.R * z.S); }

template <class T>
void pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    launch(to_krsc_kernel<T>, {.blocks = blocks_for(values(z)), .threads = threads_per_block}, stream, w,
           static_cast<T*>(packed), values(z), channels(z), taps(z));
}

template <class T>
void unpack(const T* packed, float* dw, const Conv2dShape& z, Write write, Stream stream) {
    const auto kernel =
        write == Write::accumulate ? from_krsc_kernel<T, Write::accumulate> : from_krsc_kernel<T, Write::overwrite>;
    launch(kernel, {.blocks = blocks_for(values(z)), .threads = threads_per_block}, stream, packed, dw, values(z),
           channels(z), taps(z));
}

}  // namespace

void conv2d_krsc_pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    pack<float>(w, packed, z, stream);
}
void conv2d_krsc_pack_bf16(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    pack<bf16>(w, packed, z, stream);
}
void conv2d_krsc_unpack(const float* packed, float* dw, const Conv2dShape& z, Write write, Stream stream) {
    unpack(packed, dw, z, write, stream);
}
void conv2d_krsc_unpack(const bf16* packed, float* dw, const Conv2dShape& z, Write write, Stream stream) {
    unpack(packed, dw, z, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
