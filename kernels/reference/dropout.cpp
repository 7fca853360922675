#include "kernels/dropout.h"

#include "kernels/philox.h"

namespace gradus::kernels::reference {

template <class T>
void dropout(const T* x, const std::int32_t* step, T* y, const Dropping& dropping, Write write, Stream) {
    const RandomDraw& draw = dropping.draw;
    for (std::int64_t n = 0; n < draw.items; ++n)
        for (std::int64_t e = 0; e < draw.size; ++e) {
            const auto four = static_cast<std::uint64_t>(e / 4);
            const Philox bits =
                philox({{static_cast<std::uint32_t>(four), static_cast<std::uint32_t>(four >> 32),
                         draw.first_item + static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(*step)}},
                       draw.key);
            const std::int64_t i = n * draw.size + e;
            const bool stays = bits.word[e % 4] >> 8 < dropping.below;
            const double kept = write == Write::accumulate ? static_cast<double>(y[i]) : 0.0;
            y[i] = T(kept + (stays ? static_cast<double>(x[i]) / dropping.keep : 0.0));
        }
}

#define INSTANTIATE(T) template void dropout<T>(const T*, const std::int32_t*, T*, const Dropping&, Write, Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
