#pragma once
// __syncwarp, shuffles and votes. A lane that the mask names and that never comes is a deadlock, and is reported;
// reading from a lane outside the mask is an error at once, where hardware returns whatever it likes.
#include "kernels/cuda_on_cpu/collective.h"

namespace gradus::kernels::emulation {

inline void __syncwarp(unsigned mask = 0xffffffffu, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    meet_in_warp(mask, nullptr, {"__syncwarp", file, line}, [](Collective&) {});
}

/// Every lane gets the value that lane `from` brings.
template <class T>
T shuffle(unsigned mask, T value, int from, const Place& place) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 4 or 8 bytes");
    struct Operand {
        T brings, gets;
        int from;
    } mine{value, value, from};
    meet_in_warp(mask, &mine, place, [mask](Collective& c) {
        for (std::size_t i = 0; i < 32; ++i) {
            auto* to = (mask >> i & 1) ? static_cast<Operand*>(c.operands[i]) : nullptr;
            if (to == nullptr) continue;
            const auto* source = (mask >> to->from & 1)
                                     ? static_cast<const Operand*>(c.operands[static_cast<std::size_t>(to->from)])
                                     : nullptr;
            if (source == nullptr)
                fail("%s: lane %zu reads lane %d, which is not among the lanes", c.what, i, to->from);
            to->gets = source->brings;
        }
        c.operands.fill(nullptr);
    });
    return mine.gets;
}

template <class T>
T __shfl_sync(unsigned mask, T value, int from, int width = 32, const char* file = __builtin_FILE(),
              int line = __builtin_LINE()) {
    const int base = lane() & ~(width - 1);
    return shuffle(mask, value, base + (from & (width - 1)), {"__shfl_sync", file, line});
}

template <class T>
T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
    const int from = lane() ^ bits;  // lanes of earlier segments may be read, of later ones not
    const bool outside = (from & ~(width - 1)) > (lane() & ~(width - 1));
    return shuffle(mask, value, outside ? lane() : from, {"__shfl_xor_sync", file, line});
}

template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE()) {
    const int from = lane() + static_cast<int>(by);
    const bool outside = (from & ~(width - 1)) != (lane() & ~(width - 1));
    return shuffle(mask, value, outside ? lane() : from, {"__shfl_down_sync", file, line});
}

template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32, const char* file = __builtin_FILE(),
                 int line = __builtin_LINE()) {
    const int from = lane() - static_cast<int>(by);
    const bool outside = from < (lane() & ~(width - 1));
    return shuffle(mask, value, outside ? lane() : from, {"__shfl_up_sync", file, line});
}

/// One bit per lane whose predicate holds.
unsigned vote(unsigned mask, bool predicate, const Place&);

inline unsigned __ballot_sync(unsigned mask, int predicate, const char* file = __builtin_FILE(),
                              int line = __builtin_LINE()) {
    return vote(mask, predicate != 0, {"__ballot_sync", file, line});
}
inline int __any_sync(unsigned mask, int predicate, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return vote(mask, predicate != 0, {"__any_sync", file, line}) != 0;
}
inline int __all_sync(unsigned mask, int predicate, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return vote(mask, predicate == 0, {"__all_sync", file, line}) == 0;
}

}  // namespace gradus::kernels::emulation
