#include "kernels/random.h"

#include "kernels/distributions.h"
#include "kernels/philox.h"

namespace gradus::kernels::reference {
namespace {

/// The words from which element e of item n is made.
Philox bits_of(const RandomDraw& draw, std::int64_t n, std::int64_t e, std::int32_t step) {
    const auto four = static_cast<std::uint64_t>(e / 4);
    const Philox counter = {{static_cast<std::uint32_t>(four), static_cast<std::uint32_t>(four >> 32),
                             draw.first_item + static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(step)}};
    return philox(counter, draw.key);
}

/// y = f(words, which of the four) for every element.
template <class T, class F>
void fill(T* y, const std::int32_t* step, const RandomDraw& draw, F f) {
    for (std::int64_t n = 0; n < draw.items; ++n)
        for (std::int64_t e = 0; e < draw.size; ++e) y[n * draw.size + e] = f(bits_of(draw, n, e, *step), e % 4);
}

}  // namespace

void random_uniform(float* y, const std::int32_t* step, const RandomDraw& draw, float lo, float hi, Stream) {
    fill(y, step, draw, [=](Philox bits, std::int64_t i) { return uniform_from(bits.word[i], lo, hi - lo); });
}

void random_normal(float* y, const std::int32_t* step, const RandomDraw& draw, float mean, float sigma, Stream) {
    fill(y, step, draw, [=](Philox bits, std::int64_t i) {
        const NormalPair pair =
            i < 2 ? normal_pair_from(bits.word[0], bits.word[1]) : normal_pair_from(bits.word[2], bits.word[3]);
        return scaled_normal(i % 2 == 0 ? pair.first : pair.second, mean, sigma);
    });
}

void random_int(std::int32_t* y, const std::int32_t* step, const RandomDraw& draw, std::int32_t lo, std::uint32_t count,
                Stream) {
    fill(y, step, draw, [=](Philox bits, std::int64_t i) { return integer_from(bits.word[i], lo, count); });
}

}  // namespace gradus::kernels::reference
