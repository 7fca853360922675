#include "kernels/cuda/grid.cuh"
#include "kernels/distributions.h"
#include "kernels/philox.h"
#include "kernels/random.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Four numbers, 16 bytes.
template <class T>
struct alignas(16) Four {
    T at[4];
};

// One thread per four elements of an item, which one call of Philox gives, in a grid-stride loop; all four leave at
// once, but for the last of an item and where items do not lie on 16 bytes. Traffic: writes y, 4 bytes per number for
// about 30 operations on whole numbers (normal numbers: some 60 flops in f64 more). Bound by memory, normal ones by
// arithmetic. The numbers are those of every other provider, bit by bit.
template <class T, class F>
__global__ void __launch_bounds__(threads_per_block)
    draw_kernel(T* y, const std::int32_t* step, RandomDraw draw, std::int64_t fours, bool whole, F four) {
    for (auto i = first_element(); i < draw.items * fours; i += grid_stride()) {
        const std::int64_t item = i / fours, at = i - item * fours;
        const auto word = static_cast<std::uint64_t>(at);
        const Philox counter = {{static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32),
                                 draw.first_item + static_cast<std::uint32_t>(item),
                                 static_cast<std::uint32_t>(*step)}};
        Four<T> drawn;
        four(philox(counter, draw.key), drawn.at);
        T* to = y + item * draw.size + 4 * at;
        if (whole && 4 * at + 4 <= draw.size) {
            *reinterpret_cast<Four<T>*>(to) = drawn;
            continue;
        }
#pragma unroll
        for (int k = 0; k < 4; ++k)
            if (4 * at + k < draw.size) to[k] = drawn.at[k];
    }
}

struct Uniform {
    float lo, range;
    __device__ __forceinline__ void operator()(const Philox& bits, float (&y)[4]) const {
        for (int k = 0; k < 4; ++k) y[k] = uniform_from(bits.word[k], lo, range);
    }
};

struct Normal {
    float mean, sigma;
    __device__ __forceinline__ void operator()(const Philox& bits, float (&y)[4]) const {
        for (int k = 0; k < 4; k += 2) {
            const NormalPair pair = normal_pair_from(bits.word[k], bits.word[k + 1]);
            y[k] = scaled_normal(pair.first, mean, sigma);
            y[k + 1] = scaled_normal(pair.second, mean, sigma);
        }
    }
};

struct Integer {
    std::int32_t lo;
    std::uint32_t count;
    __device__ __forceinline__ void operator()(const Philox& bits, std::int32_t (&y)[4]) const {
        for (int k = 0; k < 4; ++k) y[k] = integer_from(bits.word[k], lo, count);
    }
};

template <class T, class F>
void draw_all(T* y, const std::int32_t* step, const RandomDraw& draw, const F& four, Stream stream) {
    const std::int64_t fours = (draw.size + 3) / 4;
    const bool whole = reinterpret_cast<std::uintptr_t>(y) % 16 == 0 && (draw.items == 1 || draw.size % 4 == 0);
    launch(draw_kernel<T, F>, {.blocks = blocks_for(draw.items * fours), .threads = threads_per_block}, stream, y, step,
           draw, fours, whole, four);
}

}  // namespace

void random_uniform(float* y, const std::int32_t* step, const RandomDraw& draw, float lo, float hi, Stream stream) {
    draw_all(y, step, draw, Uniform{lo, hi - lo}, stream);
}
void random_normal(float* y, const std::int32_t* step, const RandomDraw& draw, float mean, float sigma, Stream stream) {
    draw_all(y, step, draw, Normal{mean, sigma}, stream);
}
void random_int(std::int32_t* y, const std::int32_t* step, const RandomDraw& draw, std::int32_t lo, std::uint32_t count,
                Stream stream) {
    draw_all(y, step, draw, Integer{lo, count}, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
