#include "kernels/random.h"

#include "kernels/cpu/parallel.h"
#include "kernels/distributions.h"
#include "kernels/philox.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// four(words, to) writes four numbers; the last ones of an item that do not fill a four are written aside and copied.
template <class T, class F>
void fill(T* y, std::int32_t step, const RandomDraw& draw, Stream stream, const F& four) {
    constexpr std::int64_t fours_per_block = 4096;
    const std::int64_t fours = (draw.size + 3) / 4;
    const std::int64_t blocks = (fours + fours_per_block - 1) / fours_per_block;
    parallel_for(stream, draw.items * blocks, [&](std::int64_t block, int) {
        const std::int64_t n = block / blocks, first = block % blocks * fours_per_block;
        const std::int64_t last = first + fours_per_block < fours ? first + fours_per_block : fours;
        T* to = y + n * draw.size;
        const std::uint32_t item = draw.first_item + static_cast<std::uint32_t>(n);
        for (std::int64_t i = first; i < last; ++i) {
            const Philox bits = philox({{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i >> 32), item,
                                         static_cast<std::uint32_t>(step)}},
                                       draw.key);
            if (i * 4 + 4 <= draw.size) {
                four(bits, to + i * 4);
                continue;
            }
            T rest[4];
            four(bits, rest);
            for (std::int64_t e = i * 4; e < draw.size; ++e) to[e] = rest[e % 4];
        }
    });
}

}  // namespace

void random_uniform(float* y, const std::int32_t* step, const RandomDraw& draw, float lo, float hi, Stream stream) {
    const float range = hi - lo;
    fill(y, *step, draw, stream, [=](const Philox& bits, float* to) {
        for (int i = 0; i < 4; ++i) to[i] = uniform_from(bits.word[i], lo, range);
    });
}

void random_normal(float* y, const std::int32_t* step, const RandomDraw& draw, float mean, float sigma, Stream stream) {
    fill(y, *step, draw, stream, [=](const Philox& bits, float* to) {
        const NormalPair a = normal_pair_from(bits.word[0], bits.word[1]),
                         b = normal_pair_from(bits.word[2], bits.word[3]);
        to[0] = scaled_normal(a.first, mean, sigma);
        to[1] = scaled_normal(a.second, mean, sigma);
        to[2] = scaled_normal(b.first, mean, sigma);
        to[3] = scaled_normal(b.second, mean, sigma);
    });
}

void random_int(std::int32_t* y, const std::int32_t* step, const RandomDraw& draw, std::int32_t lo, std::uint32_t count,
                Stream stream) {
    fill(y, *step, draw, stream, [=](const Philox& bits, std::int32_t* to) {
        for (int i = 0; i < 4; ++i) to[i] = integer_from(bits.word[i], lo, count);
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
