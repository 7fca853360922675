// A convolution of a picture with a few channels: the first layer of a net. The depth of its product is short (27 for
// 3x3 of 3 channels, 147 for 7x7), so all the filters fit into shared memory, and with them the piece of the picture
// that a block looks at.
#include "kernels/cuda/conv2d_finish.cuh"
#include "kernels/cuda/conv2d_sizes.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int most_channels = 4;
constexpr int block_pixels = 128, block_channels = 64;       // of the output, per block
constexpr int threads = block_pixels * block_channels / 64;  // 8 x 8 each
constexpr int across = block_channels / 8, down = threads / across;
constexpr std::size_t most_shared = 64 * 1024;  // what every GPU since 2018 has

/// The pixels of a row of the picture that a block looks at.
GRADUS_INLINE int columns_seen(const Sizes& z) {
    return (block_pixels - 1) * z.stride_w + (z.S - 1) * z.dilation_w + 1;
}

// One block per 128 neighboring pixels of a row of the output and 64 of its channels. A thread computes 8 channels, two
// quads, of 8 pixels that lie 16 apart: 8 neighboring lanes have the channels of one pixel, so their quads are written
// as whole lines, and the values of the picture are the same for all 8. Traffic: the picture about R times (from the
// cache), y once: 54 flops per value of y with 3x3, 294 with 7x7. In f32 the former is bound by memory (4 TB/s would
// allow 54 TFLOP/s, about the peak), the latter by arithmetic: 64 multiply-adds stand against 10 loads of shared
// memory.
template <class T>
__global__ void __launch_bounds__(threads)
    conv2d_few_channels_kernel(Pixels<const T> x, const float* packed, Finish<T> finish, Sizes z, int pitch) {
    GRADUS_DYNAMIC_SHARED(float, filters);  // [RSC][64], then the picture [R][columns_seen][C]
    const int depth = z.taps() * z.C, seen = columns_seen(z);
    float* picture = filters + depth * block_channels;
    const int thread = static_cast<int>(threadIdx.x);
    const int tiles = ceil_div(z.Q, block_pixels);
    const int line = static_cast<int>(blockIdx.x) / tiles,
              q0 = (static_cast<int>(blockIdx.x) - line * tiles) * block_pixels;
    const int n = line / z.P, p = line - n * z.P;
    const int first_channel = static_cast<int>(blockIdx.y) * block_channels;

    for (int i = thread; i < depth * (block_channels / 4); i += threads) {
        const int row = i / (block_channels / 4), column = i % (block_channels / 4) * 4;
        const bool there = first_channel + column < pitch;
        store_quad(
            filters + row * block_channels + column,
            there ? load_quad(packed + row * pitch + first_channel + column) : make_float4(0.0f, 0.0f, 0.0f, 0.0f));
    }
    const int w0 = q0 * z.stride_w - z.pad_w;
    for (int r = 0; r < z.R; ++r) {
        const int h = p * z.stride_h - z.pad_h + r * z.dilation_h;
        const bool row_there = h >= 0 && h < z.H;
        for (int i = thread; i < seen * z.C; i += threads) {
            const int column = i / z.C, w = w0 + column;
            const bool there = row_there && w >= 0 && w < z.W;
            picture[r * seen * z.C + i] =
                there ? static_cast<float>(x[(n * z.H + h) * z.W + w][i - column * z.C]) : 0.0f;
        }
    }
    __syncthreads();

    const int group = thread / across, quad = thread % across * 4;
    float sum[8][8] = {};
    for (int r = 0; r < z.R; ++r)
        for (int s = 0; s < z.S; ++s)
            for (int c = 0; c < z.C; ++c) {
                const float* tap = filters + ((r * z.S + s) * z.C + c) * block_channels + quad;
                const float4 b0 = load_quad(tap), b1 = load_quad(tap + block_channels / 2);
                const float b[8] = {b0.x, b0.y, b0.z, b0.w, b1.x, b1.y, b1.z, b1.w};
                const float* from = picture + (r * seen + group * z.stride_w + s * z.dilation_w) * z.C + c;
                const int apart = down * z.stride_w * z.C;
#pragma unroll
                for (int i = 0; i < 8; ++i) {
                    const float a = from[i * apart];
#pragma unroll
                    for (int j = 0; j < 8; ++j) sum[i][j] += a * b[j];
                }
            }

#pragma unroll
    for (int i = 0; i < 8; ++i) {
        const int q = q0 + group + i * down;
        if (q >= z.Q) continue;
        const std::int64_t pixel = static_cast<std::int64_t>(line) * z.Q + q;
        const int channel = first_channel + quad;
        finish.write(pixel, channel, make_float4(sum[i][0], sum[i][1], sum[i][2], sum[i][3]), z.K);
        finish.write(pixel, channel + block_channels / 2, make_float4(sum[i][4], sum[i][5], sum[i][6], sum[i][7]), z.K);
    }
}

std::size_t shared_bytes(const Sizes& z) {
    const auto values = [](auto... n) { return (static_cast<std::size_t>(n) * ...); };
    return (values(z.taps(), z.C, block_channels) + values(z.R, columns_seen(z), z.C)) * sizeof(float);
}

template <class T>
void run(Pixels<const T> x, const void* packed, const float* bias, Pixels<T> y, const Conv2dShape& shape,
         const Epilogue<T>& epilogue, Write write, Stream stream) {
    const Sizes z = sizes(shape);
    const dim3 blocks(static_cast<unsigned>(z.N * z.P * ceil_div(z.Q, block_pixels)),
                      static_cast<unsigned>(ceil_div(z.K, block_channels)));
    launch(conv2d_few_channels_kernel<T>, {.blocks = blocks, .threads = threads, .shared = shared_bytes(z)}, stream, x,
           static_cast<const float*>(packed), finish(y, bias, epilogue, write, shape.K), z, packed_columns(z.K));
}

}  // namespace

const char* conv2d_few_channels_declines(const Conv2dShape& z) {
    if (const char* reason = beyond_sizes(z)) return reason;
    if (z.C > most_channels) return "serves 4 input channels at most";
    if (shared_bytes(sizes(z)) > most_shared) return "the filters are too large for its shared memory";
    return nullptr;
}

void conv2d_few_channels(Pixels<const float> x, const void* w, const float* bias, Pixels<float> y, const Conv2dShape& z,
                         const Epilogue<float>& epilogue, Write write, std::byte*, Stream stream) {
    run(x, w, bias, y, z, epilogue, write, stream);
}
void conv2d_few_channels(Pixels<const bf16> x, const void* w, const float* bias, Pixels<bf16> y, const Conv2dShape& z,
                         const Epilogue<bf16>& epilogue, Write write, std::byte*, Stream stream) {
    run(x, w, bias, y, z, epilogue, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
