#include "kernels/largest.h"

#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

// The bits of positive floats are in the order of the floats, and those of NaN above all: as whole numbers they compare
// in a loop that vectorizes, and a NaN wins.
GRADUS_INLINE float largest_of(const float* x, std::int64_t n) {
    std::uint32_t most = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        const std::uint32_t size = __builtin_bit_cast(std::uint32_t, x[i]) & 0x7fffffffu;
        most = size > most ? size : most;
    }
    return __builtin_bit_cast(float, most);
}

}  // namespace

void largest(const float* x, float* y, std::int64_t n, std::byte* scratch, Stream stream) {
    auto* of_part = reinterpret_cast<float*>(scratch);
    const std::int64_t parts = largest_parts(n), share = (n + parts - 1) / parts;
    parallel_for(stream, parts, [&](std::int64_t part, int) {
        const std::int64_t begin = part * share, end = begin + share < n ? begin + share : n;
        of_part[part] = largest_of(x + begin, end - begin);
    });
    *y = largest_of(of_part, parts);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
