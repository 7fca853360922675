// A convolution as one matrix product on tensor cores, [pixels x RSC] [RSC x K]: conv2d_tiled.cu's gather, fed by
// cp.async, and 16x8 results in one instruction. f32 is multiplied in TF32, bf16 as it is; sums are f32.
#include "kernels/cuda/conv2d_cut.cuh"
#include "kernels/cuda/conv2d_mma_operands.cuh"
#include "kernels/cuda/conv2d_parts.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One block per tile of `rows` pixels and `columns` channels and per part of the depth (blockIdx.z); mma_tile.cuh says
// who computes what. Traffic per step of 64 bytes: (rows + columns) * 64 bytes, in TF32 for 32 * rows * columns flops
// and in bf16 for 64: with 128x128, 32 and 64 flops per byte, nearly always from the L2 cache, as a picture is read
// R * S times. At 60 % of an H200's peak, 300 and 600 TFLOP/s, that is 9 TB/s either way: the L2 cache limits as much
// as the tensor cores do.
template <class Tile, bool aligned, class T>
__global__ void __launch_bounds__(Tile::threads, Tile::resident)
    conv2d_mma_kernel(Pixels<const T> x, const T* packed, Results<T> results, Sizes z, int steps, int per_split) {
    GRADUS_DYNAMIC_SHARED(std::byte, shared);
    const int first_pixel = static_cast<int>(blockIdx.x) * Tile::rows;
    const int first_channel = static_cast<int>(blockIdx.y) * Tile::columns;
    const int begin = static_cast<int>(blockIdx.z) * per_split;
    const int end = begin + per_split < steps ? begin + per_split : steps;

    Windows<Tile, aligned, T> windows(x, z, first_pixel, begin);
    Filters<Tile, T> filters(packed, steps * step_depth<T>, z.K, first_channel, begin);
    typename Tile::Sums sum = {};
    Tile::template product<AlongDepth<Tile::rows>, AlongDepth<Tile::columns>, std::is_same_v<T, float>, false>(
        shared, end - begin, false,
        [&](std::byte* left, std::byte* right) {
            windows.load(z, left);
            filters.load(right);
        },
        sum);
    Tile::each_quad(
        sum, [&](int row, int column, float4 four) { results.write(first_pixel + row, first_channel + column, four); });
}

// ---- the filters, [column][depth]: forward, depth is (r, s, c) and columns are k; for the input gradient, depth is
// (r', s', k) of the rotated filters and columns are c. Rounded to what is multiplied, zeros behind the depth. ----

__device__ __forceinline__ void put_rounded(float* to, float v) { *to = __uint_as_float(f32_to_tf32(v)); }
__device__ __forceinline__ void put_rounded(bf16* to, float v) { *to = bf16(v); }

// One thread per packed value; neighbors read R * S or C * R * S values apart, which is no matter: filters are packed
// once and read many times.
template <bool back, class T>
__global__ void __launch_bounds__(threads_per_block)
    pack_kernel(const float* w, T* packed, int C, int K, int taps, int columns, int depth) {
    const int inner = back ? K : C;
    for (auto i = first_element(); i < static_cast<std::int64_t>(columns) * depth; i += grid_stride()) {
        const int column = static_cast<int>(i / depth), at = static_cast<int>(i - std::int64_t{column} * depth);
        const int tap = at / inner, channel = at - tap * inner;
        const int k = back ? channel : column, c = back ? column : channel;
        put_rounded(packed + i, tap < taps ? w[(k * C + c) * taps + (back ? taps - 1 - tap : tap)] : 0.0f);
    }
}

// ---- the shape of the launch; `z` is that of the convolution that is computed, rotated for the input gradient ----

template <class T>
int steps_of(const Conv2dShape& z) {
    return static_cast<int>(ceil_div<std::int64_t>(z.R * z.S * z.C, step_depth<T>));
}

template <class T>
Cut cut(const Conv2dShape& z) {
    constexpr int tiles[][2] = {{128, 128}, {128, 64}, {64, 64}, {128, 32}};
    // 60 % of an H200's 495 and 990 TFLOP/s against its 67 without tensor cores.
    // Three steps on their way hide more than threads do.
    constexpr Multiplier tf32 = {.depth = 16, .speed = 4.5, .of_value = 8, .wanted = 128},
                         in_bf16 = {.depth = 32, .speed = 9, .of_value = 4, .wanted = 128};
    return cheapest(tiles, z.N * z.P * z.Q, z.K, steps_of<T>(z), sizeof(T) == 4 ? tf32 : in_bf16);
}

template <class T>
std::size_t packed_bytes(const Conv2dShape& z) {
    return static_cast<std::size_t>(z.K) * static_cast<std::size_t>(steps_of<T>(z)) * step_bytes;
}

template <bool back, class T>
void pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {
    const int depth = steps_of<T>(back ? rotated(z) : z) * step_depth<T>;
    const auto columns = static_cast<int>(back ? z.C : z.K);
    launch(pack_kernel<back, T>, {.blocks = blocks_for(std::int64_t{columns} * depth), .threads = threads_per_block},
           stream, w, static_cast<T*>(packed), static_cast<int>(z.C), static_cast<int>(z.K),
           static_cast<int>(z.R * z.S), columns, depth);
}

template <class T>
void run(Pixels<const T> x, const void* packed, const float* bias, Pixels<T> y, const Conv2dShape& shape,
         const Epilogue<T>& epilogue, Write write, std::byte* scratch, Stream stream) {
    const Sizes z = sizes(shape);
    const Cut c = cut<T>(shape);
    const Results<T> results{finish(y, bias, epilogue, write, shape.K),
                             c.splits > 1 ? reinterpret_cast<float*>(scratch) : nullptr, z.outputs(), z.K};
    const bool aligned = reinterpret_cast<std::uintptr_t>(x.data) % chunk_bytes == 0 && x.stride % chunk_values<T> == 0;
    const auto with = [&]<int rows, int columns, int warp_rows>() {
        using Tile = MmaTile<T, rows, columns, warp_rows, 32>;
        launch(aligned ? conv2d_mma_kernel<Tile, true, T> : conv2d_mma_kernel<Tile, false, T>,
               {.blocks = c.blocks(), .threads = Tile::threads, .shared = stages * (rows + columns) * step_bytes},
               stream, x, static_cast<const T*>(packed), results, z, steps_of<T>(shape), c.per_split);
    };
    if (c.rows == 64)
        with.template operator()<64, 64, 32>();
    else if (c.columns == 32)
        with.template operator()<128, 32, 32>();
    else if (c.columns == 64)
        with.template operator()<128, 64, 64>();
    else
        with.template operator()<128, 128, 64>();
    sum_parts(results, c.splits, stream);
}

template <class T>
const char* declines(const Conv2dShape& z) {
    if (z.C % chunk_values<T> != 0)
        return sizeof(T) == 4 ? "takes input channels in fours" : "takes input channels in eights";
    return beyond_sizes(z);
}
template <class T>
const char* input_grad_declines(const Conv2dShape& z) {
    if (z.stride_h != 1 || z.stride_w != 1) return "serves stride 1 only";
    if (z.K % chunk_values<T> != 0) return sizeof(T) == 4 ? "takes filters in fours" : "takes filters in eights";
    return beyond_sizes(z);
}

}  // namespace

#define GRADUS_BOTH_WAYS(T, name)                                                                          \
    const char* name##_declines(const Conv2dShape& z) { return declines<T>(z); }                           \
    std::size_t name##_scratch_bytes(const Conv2dShape& z, int) { return bytes_of_parts(cut<T>(z), z); }   \
    std::size_t name##_pack_bytes(const Conv2dShape& z) { return packed_bytes<T>(z); }                     \
    void name##_pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {                  \
        pack<false, T>(w, packed, z, stream);                                                              \
    }                                                                                                      \
    void name(Pixels<const T> x, const void* w, const float* bias, Pixels<T> y, const Conv2dShape& z,      \
              const Epilogue<T>& epilogue, Write write, std::byte* scratch, Stream stream) {               \
        run(x, w, bias, y, z, epilogue, write, scratch, stream);                                           \
    }                                                                                                      \
    const char* name##_input_grad_declines(const Conv2dShape& z) { return input_grad_declines<T>(z); }     \
    std::size_t name##_input_grad_scratch_bytes(const Conv2dShape& z, int) {                               \
        return bytes_of_parts(cut<T>(rotated(z)), rotated(z));                                             \
    }                                                                                                      \
    std::size_t name##_input_grad_pack_bytes(const Conv2dShape& z) { return packed_bytes<T>(rotated(z)); } \
    void name##_input_grad_pack(const float* w, void* packed, const Conv2dShape& z, Stream stream) {       \
        pack<true, T>(w, packed, z, stream);                                                               \
    }                                                                                                      \
    void name##_input_grad(Pixels<const T> dy, const void* w, Pixels<T> dx, const Conv2dShape& z,          \
                           const Epilogue<T>& epilogue, Write write, std::byte* scratch, Stream stream) {  \
        run(dy, w, nullptr, dx, rotated(z), epilogue, write, scratch, stream);                             \
    }
GRADUS_BOTH_WAYS(float, conv2d_mma_tf32)
GRADUS_BOTH_WAYS(bf16, conv2d_mma_bf16)
#undef GRADUS_BOTH_WAYS

}  // namespace gradus::kernels::GRADUS_CUDA
