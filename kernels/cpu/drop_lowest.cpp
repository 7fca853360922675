#include "kernels/drop_lowest.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/pixel_runs.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// The key with `rank` others below it: four passes over the keys of one picture, by one thread.
std::uint32_t deciding(const std::uint32_t* keys, std::int64_t n, std::int64_t rank) {
    std::uint32_t found = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
        std::int64_t counts[256] = {};
        for (std::int64_t i = 0; i < n; ++i)
            if (begins_with(keys[i], found, shift)) ++counts[keys[i] >> shift & 255];
        found |= digit_of(counts, rank) << shift;
    }
    return found;
}

// Keys in parallel, then a picture a thread, then the pixels in parallel again.
template <class T>
void drop(Pixels<const T> x, Pixels<const T> key, Pixels<T> y, const DropLowestShape& s, std::byte* scratch,
          Stream stream) {
    auto* keys = reinterpret_cast<std::uint32_t*>(scratch);
    std::uint32_t* lowest = keys + s.N * s.pixels;
    const std::int64_t pixels = s.N * s.pixels;
    parallel_ranges(stream, pixels, rows_per_block(s.key_channels), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i)
            keys[i] = __builtin_bit_cast(std::uint32_t, pixel_key(key[i], s.key_channels));
    });
    parallel_for(stream, s.N,
                 [&](std::int64_t n, int) { lowest[n] = deciding(keys + n * s.pixels, s.pixels, s.rank); });
    parallel_ranges(stream, pixels, rows_per_block(s.C), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
            const bool dropped = keys[i] < lowest[i / s.pixels];
            for (std::int64_t c = 0; c < s.C; ++c) y[i][c] = dropped ? T(0.0f) : x[i][c];
        }
    });
}

}  // namespace

void drop_lowest(Pixels<const float> x, Pixels<const float> key, Pixels<float> y, const DropLowestShape& s,
                 std::byte* scratch, Stream stream) {
    drop(x, key, y, s, scratch, stream);
}
void drop_lowest(Pixels<const bf16> x, Pixels<const bf16> key, Pixels<bf16> y, const DropLowestShape& s,
                 std::byte* scratch, Stream stream) {
    drop(x, key, y, s, scratch, stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
