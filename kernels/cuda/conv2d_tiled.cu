// A convolution as one matrix product that is never written down: [pixels x RSC] [RSC x K], whose left side is gathered
// from the picture tile by tile. The input gradient for stride 1 is the same product of dy with the rotated filters.
#include "kernels/cuda/conv2d_operands.cuh"
#include "kernels/cuda/conv2d_parts.cuh"
#include "kernels/cuda/conv2d_tile.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One block per tile of `rows` pixels and `columns` channels and per part of the depth (blockIdx.z). While a step is
// multiplied out of one half of the shared memory, the next is on its way through registers into the other half: one
// barrier per step. With several parts their sums go to scratch, and sum_parts_kernel finishes. Traffic per step: (rows
// + columns) * 8 values for 16 * rows * columns flops, 32 flops per byte in f32 with 128x128. A picture is read S * R
// times or so, nearly always from the L1 and L2 caches. Bound by arithmetic: all units busy would be 60 TFLOP/s on an
// H200; each thread's 64 multiply-adds of a row of the depth stand against 4 loads of shared memory.
template <class Tile, bool quads, class T>
__global__ void __launch_bounds__(Tile::threads, Tile::resident)
    conv2d_tiled_kernel(Pixels<const T> x, const float* filters, Results<T> results, Sizes z, int steps,
                        int per_split) {
    const int pitch = packed_columns(z.K);
    GRADUS_SHARED(float4, left, [2][Tile::left_size]);
    GRADUS_SHARED(float4, right, [2][Tile::right_size]);
    const int first_pixel = static_cast<int>(blockIdx.x) * Tile::rows;
    const int first_channel = static_cast<int>(blockIdx.y) * Tile::columns;
    const int begin = static_cast<int>(blockIdx.z) * per_split;
    const int end = begin + per_split < steps ? begin + per_split : steps;

    Gather<Tile, quads, T> pixels(x, z, first_pixel, begin);
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

#pragma unroll
    for (int i = 0; i < 8; ++i)
#pragma unroll
        for (int part = 0; part < 2; ++part)
            results.write(first_pixel + Tile::row(i), first_channel + Tile::column(part), quad_of(sum[i], part));
}

// ---- the shape of the launch ----

int steps_of(const Conv2dShape& z) { return static_cast<int>(ceil_div<std::int64_t>(z.R * z.S * z.C, packed_step)); }

Cut cut(const Conv2dShape& z) {
    constexpr int tiles[][2] = {{128, 128}, {128, 64}, {64, 64}, {128, 32}};
    return cheapest(tiles, z.N * z.P * z.Q, z.K, steps_of(z));
}

std::size_t scratch_of(const Conv2dShape& z) { return bytes_of_parts(cut(z), z); }

template <class T>
void run(Pixels<const T> x, const void* packed, const float* bias, Pixels<T> y, const Conv2dShape& shape,
         const Epilogue<T>& epilogue, Write write, std::byte* scratch, Stream stream) {
    const Sizes z = sizes(shape);
    const Cut c = cut(shape);
    const auto* filters = static_cast<const float*>(packed);
    const Results<T> results{finish(y, bias, epilogue, write, shape.K),
                             c.splits > 1 ? reinterpret_cast<float*>(scratch) : nullptr, z.outputs(), z.K};
    const auto with = [&]<int rows, int columns, bool quads>() {
        using Shape = Tile<rows, columns>;
        static_assert(Shape::depth == packed_step, "a step of the packed filters");
        launch(conv2d_tiled_kernel<Shape, quads, T>, {.blocks = c.blocks(), .threads = Shape::threads}, stream, x,
               filters, results, z, steps_of(shape), c.per_split);
    };
    const auto with_tile = [&]<bool quads>() {
        if (c.rows == 64)
            with.template operator()<64, 64, quads>();
        else if (c.columns == 32)
            with.template operator()<128, 32, quads>();
        else if (c.columns == 64)
            with.template operator()<128, 64, quads>();
        else
            with.template operator()<128, 128, quads>();
    };
    if (quads_fit(x, shape.C))
        with_tile.template operator()<true>();
    else
        with_tile.template operator()<false>();
    sum_parts(results, c.splits, stream);
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
