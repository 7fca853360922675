#include "kernels/drop_lowest.h"

#include <algorithm>
#include <vector>

namespace gradus::kernels::reference {

template <class T>
void drop_lowest(Pixels<const T> x, Pixels<const T> key, Pixels<T> y, const DropLowestShape& s, std::byte*, Stream) {
    for (std::int64_t n = 0; n < s.N; ++n) {
        std::vector<Compute<T>> keys;
        for (std::int64_t i = n * s.pixels; i < (n + 1) * s.pixels; ++i)
            keys.push_back(pixel_key(key[i], s.key_channels));
        std::vector<Compute<T>> sorted = keys;
        std::sort(sorted.begin(), sorted.end());
        const Compute<T> lowest = sorted[static_cast<std::size_t>(s.rank)];
        for (std::int64_t i = 0; i < s.pixels; ++i)
            for (std::int64_t c = 0; c < s.C; ++c)
                y[n * s.pixels + i][c] = keys[static_cast<std::size_t>(i)] < lowest ? T{} : x[n * s.pixels + i][c];
    }
}

#define INSTANTIATE(T)                                                                                            \
    template void drop_lowest<T>(Pixels<const T>, Pixels<const T>, Pixels<T>, const DropLowestShape&, std::byte*, \
                                 Stream);
INSTANTIATE(float)
INSTANTIATE(bf16)
INSTANTIATE(double)

}  // namespace gradus::kernels::reference
