#include "kernels/cuda/grid.cuh"
#include "kernels/dropout.h"
#include "kernels/philox.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Four values, 16 bytes of f32 or 8 of bf16.
template <class T>
struct alignas(4 * sizeof(T)) FourOf {
    T at[4];
};

// One thread per four elements of an item, whose words one call of Philox gives, in a grid-stride loop; all four come
// and leave at once, but for the last of an item and where items do not lie so. Traffic: reads x and writes y, and
// reads it first to accumulate: 8 or 12 bytes per value in f32 for about 30 operations on whole numbers. Bound by
// memory. y may be x itself: a thread reads its four before it writes them.
template <bool accumulate, class T>
__global__ void __launch_bounds__(threads_per_block)
    dropout_kernel(const T* x, const std::int32_t* step, T* y, Dropping dropping, std::int64_t fours, bool whole) {
    const RandomDraw& draw = dropping.draw;
    const auto keep = static_cast<float>(dropping.keep);
    for (auto i = first_element(); i < draw.items * fours; i += grid_stride()) {
        const std::int64_t item = i / fours, at = i - item * fours;
        const auto word = static_cast<std::uint64_t>(at);
        const Philox bits =
            philox({{static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32),
                     draw.first_item + static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(*step)}},
                   draw.key);
        const T* from = x + item * draw.size + 4 * at;
        T* to = y + item * draw.size + 4 * at;
        const auto one = [&](int k, T value, T before) {
            const float kept = bits.word[k] >> 8 < dropping.below ? static_cast<float>(value) / keep : 0.0f;
            return T(accumulate ? static_cast<float>(before) + kept : kept);
        };
        if (whole && 4 * at + 4 <= draw.size) {
            FourOf<T> values = *reinterpret_cast<const FourOf<T>*>(from), before = {};
            if constexpr (accumulate) before = *reinterpret_cast<const FourOf<T>*>(to);
#pragma unroll
            for (int k = 0; k < 4; ++k) values.at[k] = one(k, values.at[k], before.at[k]);
            *reinterpret_cast<FourOf<T>*>(to) = values;
            continue;
        }
#pragma unroll
        for (int k = 0; k < 4; ++k)
            if (4 * at + k < draw.size) to[k] = one(k, from[k], accumulate ? to[k] : T(0.0f));
    }
}

template <class T>
void choose(const T* x, const std::int32_t* step, T* y, const Dropping& dropping, Write write, Stream stream) {
    const RandomDraw& draw = dropping.draw;
    const std::int64_t fours = (draw.size + 3) / 4;
    const auto lies_so = [](const T* p) { return reinterpret_cast<std::uintptr_t>(p) % sizeof(FourOf<T>) == 0; };
    const bool whole = lies_so(x) && lies_so(y) && (draw.items == 1 || draw.size % 4 == 0);
    launch(write == Write::accumulate ? dropout_kernel<true, T> : dropout_kernel<false, T>,
           {.blocks = blocks_for(draw.items * fours), .threads = threads_per_block}, stream, x, step, y, dropping,
           fours, whole);
}

}  // namespace

void dropout(const float* x, const std::int32_t* step, float* y, const Dropping& dropping, Write write, Stream stream) {
    choose(x, step, y, dropping, write, stream);
}
void dropout(const bf16* x, const std::int32_t* step, bf16* y, const Dropping& dropping, Write write, Stream stream) {
    choose(x, step, y, dropping, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
