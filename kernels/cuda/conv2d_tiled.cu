// A convolution as one matrix product that is never written down: [pixels x RSC] [RSC x K], whose left side is gathered
// from the picture tile by tile. The input gradient for stride 1 is the same product of dy with the rotated filters.
#include "kernels/cuda/conv2d_operands.cuh"
#include "kernels/cuda/conv2d_tile.cuh"
#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One block per tile of `rows` pixels and `columns` channels and per part of the depth (blockIdx.z). While a step is
// multiplied out of one half of the shared memory, the next is on its way through registers into the other half: one
// barrier per step. With several parts their sums go to `partial` [part][pixel][channel], and sum_parts_kernel
// finishes. Traffic per step: (rows + columns) * 8 values for 16 * rows * columns flops, 32 flops per byte in f32 with
// 128x128. A picture is read S * R times or so, nearly always from the L1 and L2 caches. Bound by arithmetic: all units
// busy would be 60 TFLOP/s on an H200; each thread's 64 multiply-adds of a row of the depth stand against 4 loads of
// shared memory.
template <class Tile, class T>
__global__ void __launch_bounds__(Tile::threads, Tile::resident)
    conv2d_tiled_kernel(Pixels<const T> x, bool quads, const float* filters, Finish<T> finish, Sizes z, int pitch,
                        int steps, int per_split, float* partial) {
    GRADUS_SHARED(float4, left, [2][Tile::left_size]);
    GRADUS_SHARED(float4, right, [2][Tile::right_size]);
    const int first_pixel = static_cast<int>(blockIdx.x) * Tile::rows;
    const int first_channel = static_cast<int>(blockIdx.y) * Tile::columns;
    const int begin = static_cast<int>(blockIdx.z) * per_split;
    const int end = begin + per_split < steps ? begin + per_split : steps;

    Gather<Tile, T> pixels(x, quads, z, first_pixel, begin);
    Filters<Tile> taps(filters, pitch, first_channel, begin);
    float sum[8][8] = {};
    pixels.load(z);
    taps.load();
    pixels.store(&left[0][0].x);
    taps.store(&right[0][0].x);
    __syncthreads();
    int half = 0;
    for (int step = begin; step < end; ++step, half ^= 1) {
        const bool more = step + 1 < end;
        if (more) {
            pixels.load(z);
            taps.load();
        }
        Tile::multiply(&left[half][0].x, &right[half][0].x, sum);
        if (more) {  // the other half was last read before the last barrier
            pixels.store(&left[half ^ 1][0].x);
            taps.store(&right[half ^ 1][0].x);
        }
        __syncthreads();
    }

    // Calls f(four sums, pixel, channel) for the quads below this channel, of four rows.
    const auto for_quads = [&](int rows, int channels, const auto& f) {
#pragma unroll
        for (int i = rows; i < rows + 4; ++i)
#pragma unroll
            for (int part = 0; part < 2; ++part) {
                const int pixel = first_pixel + Tile::row(i), channel = first_channel + Tile::column(part);
                if (pixel < z.outputs() && channel < channels) f(&sum[i][4 * part], pixel, channel);
            }
    };
    if (partial != nullptr) {
        partial += static_cast<std::int64_t>(blockIdx.z) * z.outputs() * pitch;
        const auto write = [&](const float* four, int pixel, int channel) {
            store_quad(partial + static_cast<std::int64_t>(pixel) * pitch + channel, quad_of(four));
        };
        for_quads(0, pitch, write);
        for_quads(4, pitch, write);
    } else if (finish.quads) {  // all rows at once would take too many registers
        finish.write_quads([&](const auto& f) { for_quads(0, z.K, f); });
        finish.write_quads([&](const auto& f) { for_quads(4, z.K, f); });
    } else {  // rare and long: in the program once, with the rows of sums moving up to it
#pragma unroll 1
        for (int i = 0; i < 8; ++i) {
#pragma unroll
            for (int part = 0; part < 2; ++part) {
                const int pixel = first_pixel + Tile::row(i), channel = first_channel + Tile::column(part);
                if (pixel < z.outputs()) finish.write_singles(pixel, channel, quad_of(&sum[0][4 * part]), z.K);
            }
#pragma unroll
            for (int j = 0; j < 7; ++j)
#pragma unroll
                for (int k = 0; k < 8; ++k) sum[j][k] = sum[j + 1][k];
        }
    }
}

// One thread per pixel and quad of channels adds the parts in their order, and finishes. Traffic: every part once, y
// once; a flop per 4 bytes. Bound by memory, but the parts of one small picture lie in the L2 cache.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    sum_parts_kernel(const float* partial, Finish<T> finish, int outputs, int channels, int pitch, int splits) {
    const int per_pixel = pitch / 4;
    const std::int64_t part = static_cast<std::int64_t>(outputs) * pitch;
    for (auto i = first_element(); i < static_cast<std::int64_t>(outputs) * per_pixel; i += grid_stride()) {
        float4 sum = load_quad(partial + i * 4);
        for (int s = 1; s < splits; ++s) {
            const float4 v = load_quad(partial + s * part + i * 4);
            sum = make_float4(sum.x + v.x, sum.y + v.y, sum.z + v.z, sum.w + v.w);
        }
        const std::int64_t pixel = i / per_pixel;
        finish.write(pixel, static_cast<int>(i - pixel * per_pixel) * 4, sum, channels);
    }
}

// ---- the shape of the launch ----

/// The convolution of dy with the rotated filters whose result is dx, for stride 1.
Conv2dShape rotated(const Conv2dShape& z) {
    Conv2dShape back = z;
    back.H = z.P, back.W = z.Q, back.C = z.K, back.K = z.C, back.P = z.H, back.Q = z.W;
    back.pad_h = z.dilation_h * (z.R - 1) - z.pad_h;  // negative where the padding was wider than the window
    back.pad_w = z.dilation_w * (z.S - 1) - z.pad_w;
    return back;
}

int steps_of(const Conv2dShape& z) { return static_cast<int>(ceil_div<std::int64_t>(z.R * z.S * z.C, packed_step)); }

Cut cut(const Conv2dShape& z) {
    constexpr int tiles[][2] = {{128, 128}, {128, 64}, {64, 64}, {128, 32}};
    return cheapest(tiles, z.N * z.P * z.Q, z.K, steps_of(z));
}

std::size_t scratch_of(const Conv2dShape& z) {
    const Cut c = cut(z);
    if (c.splits == 1) return 0;
    return static_cast<std::size_t>(c.splits * z.N * z.P * z.Q * packed_columns(z.K)) * sizeof(float);
}

template <class T>
void run(Pixels<const T> x, const void* packed, const float* bias, Pixels<T> y, const Conv2dShape& shape,
         const Epilogue<T>& epilogue, Write write, std::byte* scratch, Stream stream) {
    const Sizes z = sizes(shape);
    const Cut c = cut(shape);
    const int pitch = packed_columns(z.K), steps = steps_of(shape);
    const auto* filters = static_cast<const float*>(packed);
    const Finish<T> end = finish(y, bias, epilogue, write, shape.K);
    float* partial = c.splits > 1 ? reinterpret_cast<float*>(scratch) : nullptr;
    const auto with = [&]<int rows, int columns>() {
        using Shape = Tile<rows, columns>;
        static_assert(Shape::depth == packed_step, "a step of the packed filters");
        launch(conv2d_tiled_kernel<Shape, T>, {.blocks = c.blocks(), .threads = Shape::threads}, stream, x,
               quads_fit(x, shape.C), filters, end, z, pitch, steps, c.per_split, partial);
    };
    if (c.rows == 64)
        with.template operator()<64, 64>();
    else if (c.columns == 32)
        with.template operator()<128, 32>();
    else if (c.columns == 64)
        with.template operator()<128, 64>();
    else
        with.template operator()<128, 128>();
    if (partial != nullptr)
        launch(sum_parts_kernel<T>,
               {.blocks = blocks_for(static_cast<std::int64_t>(z.outputs()) * pitch / 4), .threads = threads_per_block},
               stream, partial, end, z.outputs(), z.K, pitch, c.splits);
}

}  // namespace

const char* conv2d_tiled_declines(const Conv2dShape& z) { return beyond_sizes(z); }
const char* conv2d_tiled_input_grad_declines(const Conv2dShape& z) {
    return z.stride_h != 1 || z.stride_w != 1 ? "serves stride 1 only" : beyond_sizes(z);
}

std::size_t conv2d_tiled_scratch_bytes(const Conv2dShape& z, int) { return scratch_of(z); }
std::size_t conv2d_tiled_input_grad_scratch_bytes(const Conv2dShape& z, int) { return scratch_of(rotated(z)); }

void conv2d_tiled(Pixels<const float> x, const void* w, const float* bias, Pixels<float> y, const Conv2dShape& z,
                  const Epilogue<float>& epilogue, Write write, std::byte* scratch, Stream stream) {
    run(x, w, bias, y, z, epilogue, write, scratch, stream);
}
void conv2d_tiled(Pixels<const bf16> x, const void* w, const float* bias, Pixels<bf16> y, const Conv2dShape& z,
                  const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    run(x, w, bias, y, z, epilogue, write, scratch, stream);
}
void conv2d_tiled_input_grad(Pixels<const float> dy, const void* w, Pixels<float> dx, const Conv2dShape& z,
                             const Epilogue<float>& epilogue, Write write, std::byte* scratch, Stream stream) {
    run(dy, w, nullptr, dx, rotated(z), epilogue, write, scratch, stream);
}
void conv2d_tiled_input_grad(Pixels<const bf16> dy, const void* w, Pixels<bf16> dx, const Conv2dShape& z,
                             const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    run(dy, w, nullptr, dx, rotated(z), epilogue, write, scratch, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
