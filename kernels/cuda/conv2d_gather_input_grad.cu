// The input gradient where the picture has few channels (the first layer) or the windows have a stride: each pixel of
// dx gathers from the pixels of dy that saw it. With stride 2 a pixel is seen by every second tap, which ones depends
// on its parity; the pixels of one parity form a picture of their own, whose gradient is a convolution of dy with a
// part of the filters and stride 1. So there is no test in the inner loop, and no product with zero.
#include "kernels/cuda/conv2d_finish.cuh"
#include "kernels/cuda/conv2d_sizes.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int most_channels = 4;                                       // of dx, per block and thread
constexpr int tile_rows = 8, tile_columns = 64, pixels_of_thread = 4;  // of one parity's picture
constexpr int threads = tile_rows * tile_columns / pixels_of_thread, across = tile_columns / pixels_of_thread;
constexpr int depth = 8;                        // channels of dy in shared memory at a time
constexpr std::size_t most_shared = 64 * 1024;  // what every GPU since 2018 has

/// One axis: the tap t reaches pixel `first` + stride a of dx from pixel a + at(t) of dy, if it reaches it at all.
struct Axis {
    int stride, pad, dilation, taps;

    /// Pixels of dy beside a tile of dx that its taps look at.
    GRADUS_INLINE int reach() const { return dilation * (taps - 1) / stride; }
    __device__ __forceinline__ bool hits(int first, int tap) const {
        return (first + pad - tap * dilation) % stride == 0;
    }
    __device__ __forceinline__ int at(int first, int tap) const { return (first + pad - tap * dilation) / stride; }
    /// No tap looks further back: the quotient of the last, rounded up.
    __device__ __forceinline__ int least(int first) const {
        const int last = first + pad - (taps - 1) * dilation;
        return last > 0 ? (last + stride - 1) / stride : -(-last / stride);
    }
};

GRADUS_INLINE Axis axis_h(const Sizes& z) { return {z.stride_h, z.pad_h, z.dilation_h, z.R}; }
GRADUS_INLINE Axis axis_w(const Sizes& z) { return {z.stride_w, z.pad_w, z.dilation_w, z.S}; }

/// The piece of dy in shared memory, [depth][rows][columns] and some space: the two rows that a warp reads lie 16 banks
/// apart, and so do the pixels of quads 4 channels apart that a warp writes.
struct Piece {
    int rows, columns, pitch, plane;
};
GRADUS_INLINE Piece piece(const Sizes& z) {
    Piece p = {tile_rows + axis_h(z).reach(), tile_columns + axis_w(z).reach(), 0, 0};
    p.pitch = (p.columns + 15) / 32 * 32 + 16;
    p.plane = p.rows * p.pitch + 4;
    return p;
}

// One block per tile of 8x64 pixels of one parity (blockIdx.y) and four channels (blockIdx.z). A thread computes 4
// pixels of a row, 16 apart. Eight channels of the tile's dy and of all taps' filters at a time come into shared
// memory; each filter value is read for 4 pixels, each value of dy for all channels: 4 * `channels` multiply-adds for 5
// loads. Traffic: dy about 1.3 times with 3x3, dx once: 4.5 flops per byte of dy and tap in f32 with 3 channels, 40 for
// 3x3. Bound by the loads of shared memory.
template <int channels, bool quads, class T>
__global__ void __launch_bounds__(threads, 5)
    conv2d_gather_input_grad_kernel(Pixels<const T> dy, const float* packed, Finish<T> finish, Sizes z, int pitch) {
    GRADUS_DYNAMIC_SHARED(float, filters);  // [R * S][depth][4], then the piece of dy
    const Piece seen = piece(z);
    float* values = filters + z.taps() * depth * 4;
    const Axis down_h = axis_h(z), along_w = axis_w(z);
    const int thread = static_cast<int>(threadIdx.x), lane = thread % 32, warp = thread / 32;
    const int first_h = static_cast<int>(blockIdx.y) / z.stride_w, first_w = static_cast<int>(blockIdx.y) % z.stride_w;
    const int first_channel = static_cast<int>(blockIdx.z) * 4;

    const int tiles_w = ceil_div(ceil_div(z.W, z.stride_w), tile_columns);
    const int tiles_h = ceil_div(ceil_div(z.H, z.stride_h), tile_rows);
    const int tile_line = static_cast<int>(blockIdx.x) / tiles_w;
    const int n = tile_line / tiles_h;
    const int b0 = (static_cast<int>(blockIdx.x) - tile_line * tiles_w) * tile_columns;
    const int a0 = (tile_line - n * tiles_h) * tile_rows;
    // of dy, where the piece starts
    const int back_h = down_h.least(first_h), back_w = along_w.least(first_w);
    const int p0 = a0 + back_h, q0 = b0 + back_w;

    const int row = thread / across, column = thread % across;
    float sum[pixels_of_thread][channels] = {};
    for (int k0 = 0; k0 < z.K; k0 += depth) {
        __syncthreads();  // the last piece is read
        for (int i = thread; i < z.taps() * depth; i += threads) {
            const int tap = i / depth, k = k0 + i % depth;
            const std::int64_t from = static_cast<std::int64_t>((z.taps() - 1 - tap) * z.K + k) * pitch + first_channel;
            store_quad(filters + i * 4, k < z.K ? load_quad(packed + from) : make_float4(0.0f, 0.0f, 0.0f, 0.0f));
        }
        for (int r = warp; r < seen.rows; r += threads / 32) {
            const int p = p0 + r;
            for (int i = lane; i < seen.columns * (depth / 4); i += 32) {
                const int q = q0 + i / 2, k = k0 + i % 2 * 4;
                const bool there = p >= 0 && p < z.P && q >= 0 && q < z.Q;
                float4 v = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
                if (there) {
                    const T* from = dy[(n * z.P + p) * z.Q + q] + k;
                    if constexpr (quads) {
                        if (k < z.K) v = load_quad(from);
                    } else {
                        v.x = k < z.K ? static_cast<float>(from[0]) : 0.0f;
                        v.y = k + 1 < z.K ? static_cast<float>(from[1]) : 0.0f;
                        v.z = k + 2 < z.K ? static_cast<float>(from[2]) : 0.0f;
                        v.w = k + 3 < z.K ? static_cast<float>(from[3]) : 0.0f;
                    }
                }
                float* to = values + i % 2 * 4 * seen.plane + r * seen.pitch + i / 2;
                to[0] = v.x;
                to[seen.plane] = v.y;
                to[2 * seen.plane] = v.z;
                to[3 * seen.plane] = v.w;
            }
        }
        __syncthreads();
        for (int r = 0; r < z.R; ++r) {
            if (!down_h.hits(first_h, r)) continue;
            const float* line = values + (row + down_h.at(first_h, r) - back_h) * seen.pitch + column;
            for (int s = 0; s < z.S; ++s) {
                if (!along_w.hits(first_w, s)) continue;
                const float* from = line + along_w.at(first_w, s) - back_w;
                const float* tap = filters + (r * z.S + s) * depth * 4;
#pragma unroll
                for (int k = 0; k < depth; ++k) {
                    const float4 f = load_quad(tap + k * 4);
                    const float w[4] = {f.x, f.y, f.z, f.w};
#pragma unroll
                    for (int i = 0; i < pixels_of_thread; ++i) {
                        const float d = from[k * seen.plane + i * across];
#pragma unroll
                        for (int c = 0; c < channels; ++c) sum[i][c] += d * w[c];
                    }
                }
            }
        }
    }

    const int h = first_h + (a0 + row) * z.stride_h;
    if (h >= z.H) return;
#pragma unroll
    for (int i = 0; i < pixels_of_thread; ++i) {
        const int w = first_w + (b0 + column + i * across) * z.stride_w;
        if (w >= z.W) continue;
        const std::int64_t pixel = (static_cast<std::int64_t>(n) * z.H + h) * z.W + w;
        if constexpr (channels == 4)
            finish.write(pixel, first_channel, make_float4(sum[i][0], sum[i][1], sum[i][2], sum[i][3]), z.C);
        else
#pragma unroll
            for (int c = 0; c < channels; ++c) finish.write(pixel, c, sum[i][c]);
    }
}

std::size_t shared_bytes(const Sizes& z) {
    return static_cast<std::size_t>(z.taps() * depth * 4 + depth * piece(z).plane) * sizeof(float);
}

template <class T>
void run(Pixels<const T> dy, const void* packed, Pixels<T> dx, const Conv2dShape& shape, const Epilogue<T>& epilogue,
         Write write, Stream stream) {
    const Sizes z = sizes(shape);
    const int tiles =
        ceil_div(ceil_div(z.W, z.stride_w), tile_columns) * ceil_div(ceil_div(z.H, z.stride_h), tile_rows);
    const dim3 blocks(static_cast<unsigned>(z.N * tiles), static_cast<unsigned>(z.stride_h * z.stride_w),
                      static_cast<unsigned>(ceil_div(z.C, most_channels)));
    const auto with = [&]<int channels, bool quads>() {
        launch(conv2d_gather_input_grad_kernel<channels, quads, T>,
               {.blocks = blocks, .threads = threads, .shared = shared_bytes(z)}, stream, dy,
               static_cast<const float*>(packed), finish(dx, nullptr, epilogue, write, shape.C), z,
               packed_columns(z.C));
    };
    const auto with_channels = [&]<bool quads>() {
        if (z.C == 3)
            with.template operator()<3, quads>();
        else
            with.template operator()<4, quads>();
    };
    if (quads_fit(dy, shape.K))
        with_channels.template operator()<true>();
    else
        with_channels.template operator()<false>();
}

}  // namespace

const char* conv2d_gather_input_grad_declines(const Conv2dShape& z) {
    if (const char* reason = beyond_sizes(z)) return reason;
    if (z.C > most_channels && z.stride_h == 1 && z.stride_w == 1) return "serves strides, or 4 input channels at most";
    if (z.stride_h * z.stride_w > 65535 || z.C > 4 * 65535) return "its grid of blocks ends at 65535";
    if (shared_bytes(sizes(z)) > most_shared) return "the window is too large for its shared memory";
    return nullptr;
}

void conv2d_gather_input_grad(Pixels<const float> dy, const void* w, Pixels<float> dx, const Conv2dShape& z,
                              const Epilogue<float>& epilogue, Write write, std::byte*, Stream stream) {
    run(dy, w, dx, z, epilogue, write, stream);
}
void conv2d_gather_input_grad(Pixels<const bf16> dy, const void* w, Pixels<bf16> dx, const Conv2dShape& z,
                              const Epilogue<bf16>& epilogue, Write write, std::byte*, Stream stream) {
    run(dy, w, dx, z, epilogue, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
