// The weight gradient as one matrix product, [K x pixels] [pixels x RSC], whose depth is all pixels of dy: many more
// than there are filters, so the depth is cut into parts that fill the machine, and their sums are added in order.
#include "kernels/cuda/conv2d_tile.cuh"
#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

template <class T>
__device__ __forceinline__ float4 load_some(const T* from, int there) {  // the first `there` of four
    return make_float4(there > 0 ? static_cast<float>(from[0]) : 0.0f, there > 1 ? static_cast<float>(from[1]) : 0.0f,
                       there > 2 ? static_cast<float>(from[2]) : 0.0f, there > 3 ? static_cast<float>(from[3]) : 0.0f);
}

/// What a thread brings of the left side: four neighboring channels of dy, of one or two pixels a step.
template <class Tile, bool quads, class T>
class Gradients {
public:
    __device__ __forceinline__ Gradients(Pixels<const T> dy, int channels, int first_channel, int step)
        : dy_(dy),
          row_(static_cast<int>(threadIdx.x) / quads_of_row),
          column_(static_cast<int>(threadIdx.x) % quads_of_row * 4),
          channel_(first_channel + column_),
          there_(channels - channel_),
          pixel_(step * Tile::depth + row_) {}

    __device__ __forceinline__ void load(int pixels) {
#pragma unroll
        for (int i = 0; i < Tile::left_quads; ++i) {
            const int pixel = pixel_ + i * rows_apart;
            held_[i] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
            if (pixel >= pixels || there_ <= 0) continue;
            const T* from = dy_[pixel] + channel_;
            if constexpr (quads)
                held_[i] = load_quad(from);
            else
                held_[i] = load_some(from, there_);
        }
        pixel_ += Tile::depth;
    }
    __device__ __forceinline__ void store(float* left) const {
#pragma unroll
        for (int i = 0; i < Tile::left_quads; ++i)
            store_quad(left + (row_ + i * rows_apart) * Tile::pitch + column_, held_[i]);
    }

private:
    static constexpr int quads_of_row = Tile::rows / 4, rows_apart = Tile::threads / quads_of_row;
    Pixels<const T> dy_;
    int row_, column_, channel_, there_, pixel_;
    float4 held_[Tile::left_quads];
};

/// What it brings of the right side: what four neighboring (r, s, c) see from one or two pixels. With `quads` (C a
/// multiple of 4) they are four channels under one tap.
template <class Tile, bool quads, class T>
class Windows {
public:
    __device__ __forceinline__ Windows(Pixels<const T> x, const Sizes& z, int first_column, int step)
        : x_(x),
          row_(static_cast<int>(threadIdx.x) / quads_of_row),
          column_(static_cast<int>(threadIdx.x) % quads_of_row * 4),
          pixel_(step * Tile::depth + row_) {
#pragma unroll
        for (int k = 0; k < taps; ++k) {
            const int column = first_column + column_ + k, tap = column / z.C, r = tap / z.S;
            channel_[k] = column - tap * z.C;
            h_[k] = r < z.R ? r * z.dilation_h - z.pad_h : nowhere;
            w_[k] = (tap - r * z.S) * z.dilation_w - z.pad_w;
        }
    }

    __device__ __forceinline__ void load(const Sizes& z) {
#pragma unroll
        for (int i = 0; i < Tile::right_quads; ++i) {
            const int pixel = pixel_ + i * rows_apart, line = pixel / z.Q, n = line / z.P;
            const int h0 = pixel < z.outputs() ? (line - n * z.P) * z.stride_h : nowhere;
            const int w0 = (pixel - line * z.Q) * z.stride_w, first = n * z.H * z.W;
            if constexpr (quads) {
                held_[i] = inside(z, h0 + h_[0], w0 + w_[0])
                               ? load_quad(x_[first + (h0 + h_[0]) * z.W + w0 + w_[0]] + channel_[0])
                               : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
            } else {
                float v[4];
#pragma unroll
                for (int k = 0; k < 4; ++k) {
                    const int h = h0 + h_[k], w = w0 + w_[k];
                    v[k] = inside(z, h, w) ? static_cast<float>(x_[first + h * z.W + w][channel_[k]]) : 0.0f;
                }
                held_[i] = make_float4(v[0], v[1], v[2], v[3]);
            }
        }
        pixel_ += Tile::depth;
    }
    __device__ __forceinline__ void store(float* right) const {
#pragma unroll
        for (int i = 0; i < Tile::right_quads; ++i)
            store_quad(right + (row_ + i * rows_apart) * Tile::columns + column_, held_[i]);
    }

private:
    static constexpr int quads_of_row = Tile::columns / 4, rows_apart = Tile::threads / quads_of_row;
    static constexpr int taps = quads ? 1 : 4;
    static constexpr int nowhere = -(1 << 30);  // outside of every picture; so is the sum of two
    static __device__ __forceinline__ bool inside(const Sizes& z, int h, int w) {
        return static_cast<unsigned>(h) < static_cast<unsigned>(z.H) &&
               static_cast<unsigned>(w) < static_cast<unsigned>(z.W);
    }

    Pixels<const T> x_;
    int row_, column_, pixel_;
    int channel_[taps], h_[taps], w_[taps];
    float4 held_[Tile::right_quads];
};

// One block per tile of `rows` filters and `columns` (r, s, c) and per part of the pixels (blockIdx.z). As in
// conv2d_tiled_kernel a step is multiplied while the next is loaded: both sides lie in memory as the product wants
// them, the depth outside, so nothing is transposed. The sums go to `partial` [part][K][pitch]. Bound by arithmetic.
template <class Tile, bool quads, class T>
__global__ void __launch_bounds__(Tile::threads, quads ? Tile::resident : 1)
    conv2d_weight_grad_kernel(Pixels<const T> x, Pixels<const T> dy, Sizes z, int pitch, int steps, int per_split,
                              float* partial) {
    GRADUS_SHARED(float4, left, [2][Tile::left_size]);
    GRADUS_SHARED(float4, right, [2][Tile::right_size]);
    const int first_filter = static_cast<int>(blockIdx.x) * Tile::rows;
    const int first_column = static_cast<int>(blockIdx.y) * Tile::columns;
    const int begin = static_cast<int>(blockIdx.z) * per_split;
    const int end = begin + per_split < steps ? begin + per_split : steps;

    Gradients<Tile, quads, T> gradients(dy, z.K, first_filter, begin);
    Windows<Tile, quads, T> windows(x, z, first_column, begin);
    float sum[8][8] = {};
    gradients.load(z.outputs());
    windows.load(z);
    gradients.store(&left[0][0].x);
    windows.store(&right[0][0].x);
    __syncthreads();
    int half = 0;
    for (int step = begin; step < end; ++step, half ^= 1) {
        const bool more = step + 1 < end;
        if (more) {
            gradients.load(z.outputs());
            windows.load(z);
        }
        Tile::multiply(&left[half][0].x, &right[half][0].x, sum);
        if (more) {  // the other half was last read before the last barrier
            gradients.store(&left[half ^ 1][0].x);
            windows.store(&right[half ^ 1][0].x);
        }
        __syncthreads();
    }

#pragma unroll
    for (int i = 0; i < 8; ++i) {
        const int filter = first_filter + Tile::row(i);
        if (filter >= z.K) continue;
#pragma unroll
        for (int part = 0; part < 2; ++part) {
            const int column = first_column + Tile::column(part);
            const std::int64_t row = static_cast<std::int64_t>(blockIdx.z) * z.K + filter;
            if (column < pitch) store_quad(partial + row * pitch + column, quad_of(sum[i], part));
        }
    }
}

// One thread per value of dw (k, c, r, s) adds its parts in their order, in double. Traffic: the parts once, C * R * S
// values apart for neighbors under one filter (a sector each), dw once. Bound by memory, and little of it.
__global__ void __launch_bounds__(threads_per_block)
    sum_filters_kernel(const float* partial, float* dw, int K, int C, int taps, int pitch, int splits,
                       bool accumulate) {
    const std::int64_t part = static_cast<std::int64_t>(K) * pitch;
    for (auto i = first_element(); i < static_cast<std::int64_t>(K) * C * taps; i += grid_stride()) {
        const int of_channel = static_cast<int>(i / taps),
                  tap = static_cast<int>(i - static_cast<std::int64_t>(of_channel) * taps);
        const int k = of_channel / C, c = of_channel - k * C;
        const float* from = partial + static_cast<std::int64_t>(k) * pitch + tap * C + c;
        double sum = accumulate ? static_cast<double>(dw[i]) : 0.0;
        for (int s = 0; s < splits; ++s) sum += static_cast<double>(from[s * part]);
        dw[i] = static_cast<float>(sum);
    }
}

int columns_of(const Conv2dShape& z) { return static_cast<int>(round_up<std::int64_t>(z.R * z.S * z.C, 4)); }

int steps_of(const Conv2dShape& z) { return static_cast<int>(ceil_div<std::int64_t>(z.N * z.P * z.Q, 8)); }

Cut cut(const Conv2dShape& z) {
    constexpr int tiles[][2] = {{128, 128}, {64, 64}};
    return cheapest(tiles, z.K, columns_of(z), steps_of(z));
}

template <class T>
void run(Pixels<const T> x, Pixels<const T> dy, float* dw, const Conv2dShape& shape, Write write, std::byte* scratch,
         Stream stream) {
    const Sizes z = sizes(shape);
    const Cut c = cut(shape);
    const int pitch = columns_of(shape), steps = steps_of(shape);
    auto* partial = reinterpret_cast<float*>(scratch);
    const auto with = [&]<int side, bool quads>() {
        using Shape = Tile<side, side>;
        static_assert(Shape::depth == 8, "as steps_of counts");
        launch(conv2d_weight_grad_kernel<Shape, quads, T>, {.blocks = c.blocks(), .threads = Shape::threads}, stream, x,
               dy, z, pitch, steps, c.per_split, partial);
    };
    const auto with_tile = [&]<bool quads>() {
        if (c.rows == 128)
            with.template operator()<128, quads>();
        else
            with.template operator()<64, quads>();
    };
    if (quads_fit(x, shape.C) && quads_fit(dy, shape.K))
        with_tile.template operator()<true>();
    else
        with_tile.template operator()<false>();
    launch(sum_filters_kernel,
           {.blocks = blocks_for(shape.K * shape.C * shape.R * shape.S), .threads = threads_per_block}, stream, partial,
           dw, z.K, z.C, z.taps(), pitch, c.splits, write == Write::accumulate);
}

}  // namespace

const char* conv2d_tiled_weight_grad_declines(const Conv2dShape& z) { return beyond_sizes(z); }

std::size_t conv2d_tiled_weight_grad_scratch_bytes(const Conv2dShape& z, int) {
    return static_cast<std::size_t>(cut(z).splits * z.K * columns_of(z)) * sizeof(float);
}

void conv2d_tiled_weight_grad(Pixels<const float> x, Pixels<const float> dy, float* dw, const Conv2dShape& z,
                              Write write, std::byte* scratch, Stream stream) {
    run(x, dy, dw, z, write, scratch, stream);
}
void conv2d_tiled_weight_grad(Pixels<const bf16> x, Pixels<const bf16> dy, float* dw, const Conv2dShape& z, Write write,
                              std::byte* scratch, Stream stream) {
    run(x, dy, dw, z, write, scratch, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
