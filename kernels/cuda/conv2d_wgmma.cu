// A convolution on the tensor cores of sm_90a: the product of conv2d_mma.cu in bf16, whose operands TMA brings and
// wgmma reads straight out of shared memory. Stride 1: the pixels of a tile are a box of the picture, and what a tap
// sees of them is the same box, shifted; TMA writes zeros where it looks beside the picture.
#include "kernels/cuda/conv2d_cut.cuh"
#include "kernels/cuda/conv2d_parts.cuh"
#include "kernels/cuda/mma_tile.cuh"
#include "kernels/cuda/ptx/mbarrier.cuh"
#include "kernels/cuda/ptx/tma.cuh"
#include "kernels/cuda/ptx/wgmma.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

constexpr int box_channels = 64, row_bytes = 128;  // of a step: one span of the swizzle
constexpr int tile_rows = 128, slots = 3;          // steps in shared memory
constexpr unsigned wgmma_threads = 256;

/// The boxes that pixels are cut into, `width` * `height` of at most tile_rows pixels.
struct Boxes {
    int width, height, across, down, pictures;

    GRADUS_INLINE int count() const { return across * down * pictures; }
};

template <int columns>
constexpr int slot_bytes = (tile_rows + columns) * row_bytes;

/// Brings the steps of a block, one after the other, each by two copies of TMA. One thread has it.
class Producer {
public:
    __device__ __forceinline__ Producer(const Sizes& z, int x, int y, int n, int channel, int step)
        : x_(x - z.pad_w), y_(y - z.pad_h), n_(n), channel_(channel) {
        const int per_tap = (z.C + box_channels - 1) / box_channels;
        tap_ = step / per_tap;
        c_ = (step - tap_ * per_tap) * box_channels;
        r_ = tap_ / z.S;
        s_ = tap_ - r_ * z.S;
    }
    __device__ __forceinline__ void load(const Sizes& z, std::byte* slot, std::uint64_t* full, std::uint32_t bytes,
                                         const TensorMap* pictures, const TensorMap* filters) {
        mbarrier_arrive_expect_tx(full, bytes);
        tma_load_4d(slot, pictures, full, c_, x_ + s_ * z.dilation_w, y_ + r_ * z.dilation_h, n_);
        tma_load_4d(slot + tile_rows * row_bytes, filters, full, tap_ * z.C + c_, channel_, 0, 0);
        c_ += box_channels;
        if (c_ >= z.C) {
            c_ = 0;
            ++tap_;
            if (++s_ == z.S) {
                s_ = 0;
                ++r_;
            }
        }
    }

private:
    int x_, y_, n_, channel_;  // where the box lies under tap (0, 0)
    int tap_, r_, s_, c_;      // the next step
};

// One block per box of pixels and `columns` channels and per part of the depth (blockIdx.z); two blocks share a
// multiprocessor, so that one multiplies while the other finishes. Depth runs over (r, s, 64 channels). Two warpgroups
// multiply 64 pixels each. Once the product of a step is on its way, that of the step before has been read: its slot is
// handed back, and thread 0 has the next step brought into it. Channels beyond C are zeros of the picture, so that it
// does not matter which filters they meet. Traffic: as conv2d_mma.cu, 64 flops per byte with 128 columns, nearly always
// from the L2 cache, 10 TB/s at 65 % of an H200's peak: that cache is the limit. A box that does not divide the picture
// wastes what hangs over: of 56x56 and 28x28 an eighth.
template <int columns>
__global__ void __launch_bounds__(wgmma_threads, 2)
    conv2d_wgmma_kernel(const __grid_constant__ TensorMap pictures, const __grid_constant__ TensorMap filters,
                        Results<bf16> results, Sizes z, Boxes boxes, int steps, int per_split) {
    GRADUS_DYNAMIC_SHARED(std::byte, shared);
    auto* full = reinterpret_cast<std::uint64_t*>(shared + slots * slot_bytes<columns>);
    std::uint64_t* read = full + slots;
    const int t = static_cast<int>(threadIdx.x), first_channel = static_cast<int>(blockIdx.y) * columns;
    const int line = static_cast<int>(blockIdx.x) / boxes.across, n = line / boxes.down;
    const int x0 = (static_cast<int>(blockIdx.x) - line * boxes.across) * boxes.width,
              y0 = (line - n * boxes.down) * boxes.height;
    const int begin = static_cast<int>(blockIdx.z) * per_split;
    const int end = begin + per_split < steps ? begin + per_split : steps;

    Producer producer(z, x0, y0, n, first_channel, begin);
    const auto bytes = static_cast<std::uint32_t>((boxes.width * boxes.height + columns) * row_bytes);
    const auto load = [&](int slot) {
        producer.load(z, shared + slot * slot_bytes<columns>, &full[slot], bytes, &pictures, &filters);
    };
    if (t == 0) {
        for (int i = 0; i < slots; ++i) {
            mbarrier_init(&full[i], 1);
            mbarrier_init(&read[i], wgmma_threads / 32);
        }
        fence_mbarrier_init();
        for (int i = 0; i < slots && begin + i < end; ++i) load(i);
    }
    __syncthreads();

    float d[columns / 2] = {};
    // The shuffle tells the compiler that a warp has one value, which then lies where wgmma takes descriptors from.
    const auto warpgroup = static_cast<std::uint32_t>(__shfl_sync(0xffffffffu, t / 128, 0) * 64 * row_bytes);
    const std::uint32_t at = shared_address(shared);
    int slot = 0, before = slots - 1;             // of this step and of the one before
    std::uint32_t parity = 0, parity_before = 1;  // of their barriers
    for (int step = begin; step < end; ++step) {
        const std::uint32_t left = at + static_cast<std::uint32_t>(slot * slot_bytes<columns>),
                            right = left + tile_rows * row_bytes;
        mbarrier_wait(&full[slot], parity);
        wgmma_hold(d);
        wgmma_fence();
#pragma unroll
        for (std::uint32_t k = 0; k < row_bytes; k += 32)
            wgmma_bf16(d, wgmma_descriptor(left + warpgroup + k, 16, 8 * row_bytes, 128),
                       wgmma_descriptor(right + k, 16, 8 * row_bytes, 128), 1);
        wgmma_commit();
        wgmma_wait<1>();  // the step before has been read
        if (step > begin && step - 1 + slots < end) {
            if (t % 32 == 0) mbarrier_arrive(&read[before]);
            if (t == 0) {
                mbarrier_wait(&read[before], parity_before);
                load(before);
            }
            __syncwarp();
        }
        before = slot;
        parity_before = parity;
        if (++slot == slots) {
            slot = 0;
            parity ^= 1;
        }
    }
    wgmma_wait<0>();
    wgmma_hold(d);

    using Tile = MmaTile<bf16, tile_rows, columns, 16, columns>;  // a warp has 16 rows, as mma.sync leaves them
    typename Tile::Sums sum;
#pragma unroll
    for (int e = 0; e < columns / 2; ++e) sum[0][e / 4][e % 4] = d[e];
    Tile::each_quad(sum, [&](int row, int column, float4 four) {
        const int h = row / boxes.width, y = y0 + h, x = x0 + row - h * boxes.width;
        if (h < boxes.height && y < z.P && x < z.Q)
            results.write((n * z.P + y) * z.Q + x, first_channel + column, four);
    });
}

// ---- the shape of the launch; `z` is that of the convolution that is computed, rotated for the input gradient ----

/// As few as can be, and of those the widest.
Boxes boxes_of(const Conv2dShape& z) {
    Boxes best = {};
    for (int width = 1; width <= tile_rows && width <= z.Q; ++width) {
        const int height = static_cast<int>(tile_rows / width < z.P ? tile_rows / width : z.P);
        const Boxes b = {width, height, static_cast<int>(ceil_div<std::int64_t>(z.Q, width)),
                         static_cast<int>(ceil_div<std::int64_t>(z.P, height)), static_cast<int>(z.N)};
        if (best.width == 0 || b.count() <= best.count()) best = b;
    }
    return best;
}

int steps_of(const Conv2dShape& z) { return static_cast<int>(z.R * z.S * ceil_div<std::int64_t>(z.C, box_channels)); }

Cut cut(const Conv2dShape& z) {
    constexpr int tiles[][2] = {{tile_rows, 128}, {tile_rows, 64}};
    // 65 % of an H200's 990 TFLOP/s against its 67 without tensor cores.
    return cheapest(tiles, std::int64_t{boxes_of(z).count()} * tile_rows, z.K, steps_of(z),
                    {.depth = box_channels, .speed = 9.6, .of_value = 4, .wanted = 128});
}

const char* declines(const Conv2dShape& z) {
    if (z.stride_h != 1 || z.stride_w != 1) return "serves stride 1 only";
    if (z.C % 8 != 0 || z.C < box_channels) return "takes 64 channels or more, in eights";
    if (z.K < 8) return "has at least 8 channels of results";
    if (z.P * z.Q < 32) return "wants 32 pixels or more";
    return beyond_sizes(z);
}

/// False where TMA does not take it: slices that do not start on 16 bytes.
bool run(Pixels<const bf16> x, const void* packed, const float* bias, Pixels<bf16> y, const Conv2dShape& shape,
         const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    const Sizes z = sizes(shape);
    const Cut c = cut(shape);
    const Boxes boxes = boxes_of(shape);
    const auto u = [](auto n) { return static_cast<std::uint64_t>(n); };
    const auto box = [](int n) { return static_cast<std::uint32_t>(n); };
    const std::uint64_t pixel = u(x.stride) * 2, picture_line = u(z.W) * pixel,
                        // as conv2d_mma.cu packs them: whole steps of 32
        depth = u(round_up(z.R * z.S * z.C, 32));
    if (reinterpret_cast<std::uintptr_t>(x.data) % 16 != 0 || pixel % 16 != 0) return false;
    TensorMap pictures, filters;
    const bool made =
        make_tensor_map(pictures, MapType::bf16, const_cast<bf16*>(x.data), {u(z.C), u(z.W), u(z.H), u(z.N)},
                        {pixel, picture_line, u(z.H) * picture_line},
                        {box_channels, box(boxes.width), box(boxes.height), 1}, 128) &&
        make_tensor_map(filters, MapType::bf16, const_cast<void*>(packed), {depth, u(z.K), 1, 1},
                        {depth * 2, u(z.K) * depth * 2, u(z.K) * depth * 2}, {box_channels, box(c.columns), 1, 1}, 128);
    if (!made) return false;
    const Results<bf16> results{finish(y, bias, epilogue, write, shape.K),
                                c.splits > 1 ? reinterpret_cast<float*>(scratch) : nullptr, z.outputs(), z.K};
    launch(c.columns == 128 ? conv2d_wgmma_kernel<128> : conv2d_wgmma_kernel<64>,
           {.blocks = c.blocks(),
            .threads = wgmma_threads,
            .shared = static_cast<std::size_t>(slots) * (c.columns == 128 ? slot_bytes<128> : slot_bytes<64>)+2 *
                      slots * sizeof(std::uint64_t)},
           stream, pictures, filters, results, z, boxes, steps_of(shape), c.per_split);
    sum_parts(results, c.splits, stream);
    return true;
}

/// Enough for conv2d_mma.cu too.
std::size_t scratch_of(const Conv2dShape& z, std::size_t of_mma) {
    const std::size_t own = bytes_of_parts(cut(z), z);
    return own > of_mma ? own : of_mma;
}

}  // namespace

const char* conv2d_wgmma_declines(const Conv2dShape& z) { return declines(z); }
const char* conv2d_wgmma_input_grad_declines(const Conv2dShape& z) { return declines(rotated(z)); }

std::size_t conv2d_wgmma_scratch_bytes(const Conv2dShape& z, int threads) {
    return scratch_of(z, conv2d_mma_bf16_scratch_bytes(z, threads));
}
std::size_t conv2d_wgmma_input_grad_scratch_bytes(const Conv2dShape& z, int threads) {
    return scratch_of(rotated(z), conv2d_mma_bf16_input_grad_scratch_bytes(z, threads));
}

void conv2d_wgmma(Pixels<const bf16> x, const void* w, const float* bias, Pixels<bf16> y, const Conv2dShape& z,
                  const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    if (!run(x, w, bias, y, z, epilogue, write, scratch, stream))
        conv2d_mma_bf16(x, w, bias, y, z, epilogue, write, scratch, stream);
}
void conv2d_wgmma_input_grad(Pixels<const bf16> dy, const void* w, Pixels<bf16> dx, const Conv2dShape& z,
                             const Epilogue<bf16>& epilogue, Write write, std::byte* scratch, Stream stream) {
    if (!run(dy, w, nullptr, dx, rotated(z), epilogue, write, scratch, stream))
        conv2d_mma_bf16_input_grad(dy, w, dx, z, epilogue, write, scratch, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
