#include "kernels/dropout.h"

#include "kernels/cpu/parallel.h"
#include "kernels/philox.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// Words are drawn for a few dozen elements at once, aside: a loop over counters and then one over values, which both
// become vectors.
constexpr std::int64_t fours_at_once = 16;

template <bool accumulate, class T>
void apply(const T* x, std::int32_t step, T* y, const Dropping& dropping, Stream stream) {
    constexpr std::int64_t fours_per_block = 4096;
    const RandomDraw& draw = dropping.draw;
    const std::int64_t fours = (draw.size + 3) / 4;
    const std::int64_t blocks = (fours + fours_per_block - 1) / fours_per_block;
    const auto keep = static_cast<float>(dropping.keep);
    parallel_for(stream, draw.items * blocks, [&](std::int64_t block, int) {
        const std::int64_t n = block / blocks, begin = block % blocks * fours_per_block;
        const std::int64_t end = begin + fours_per_block < fours ? begin + fours_per_block : fours;
        const std::uint32_t item = draw.first_item + static_cast<std::uint32_t>(n);
        for (std::int64_t first = begin; first < end; first += fours_at_once) {
            std::uint32_t words[4 * fours_at_once];
            for (std::int64_t k = 0; k < fours_at_once; ++k) {
                const std::int64_t at = first + k;
                const Philox bits = philox({{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at >> 32), item,
                                             static_cast<std::uint32_t>(step)}},
                                           draw.key);
                for (int i = 0; i < 4; ++i) words[4 * k + i] = bits.word[i];
            }
            const T* from = x + n * draw.size + 4 * first;
            T* to = y + n * draw.size + 4 * first;
            const std::int64_t left = draw.size - 4 * first;
            const std::int64_t count = left < 4 * fours_at_once ? left : 4 * fours_at_once;
            for (std::int64_t e = 0; e < count; ++e) {
                const float kept = words[e] >> 8 < dropping.below ? static_cast<float>(from[e]) / keep : 0.0f;
                to[e] = T(accumulate ? static_cast<float>(to[e]) + kept : kept);
            }
        }
    });
}

template <class T>
void choose(const T* x, const std::int32_t* step, T* y, const Dropping& dropping, Write write, Stream stream) {
    if (write == Write::accumulate)
        apply<true>(x, *step, y, dropping, stream);
    else
        apply<false>(x, *step, y, dropping, stream);
}

}  // namespace

void dropout(const float* x, const std::int32_t* step, float* y, const Dropping& dropping, Write write, Stream stream) {
    choose(x, step, y, dropping, write, stream);
}
void dropout(const bf16* x, const std::int32_t* step, bf16* y, const Dropping& dropping, Write write, Stream stream) {
    choose(x, step, y, dropping, write, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
