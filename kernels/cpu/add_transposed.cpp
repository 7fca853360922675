// Square tiles, so that the lines of a that a tile reads across rows stay in the cache.
#include "kernels/add_transposed.h"

#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {

void add_transposed(const float* a, float* y, std::int64_t C, Stream stream) {
    constexpr std::int64_t tile = 32;
    parallel_ranges(stream, C, tile, [&](std::int64_t top, std::int64_t bottom) {
        for (std::int64_t left = 0; left < C; left += tile) {
            const std::int64_t right = left + tile < C ? left + tile : C;
            for (std::int64_t i = top; i < bottom; ++i)
                for (std::int64_t j = left; j < right; ++j) y[i * C + j] = a[i * C + j] + a[j * C + i];
        }
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
