#pragma once
#include <cstdint>

#include "kernels/inline.h"

namespace gradus::kernels {

/// Single numbers that lie anywhere on the device: the losses and scores of a run. A kernel takes them by value, so
/// that no table of addresses has to be there before it.
struct Numbers {
    static constexpr int most = 32;

    std::int64_t count = 0;
    const void* at[most] = {};
    bool wide[most] = {};  // f64; else f32

    GRADUS_INLINE double operator[](std::int64_t i) const {
        return wide[i] ? *static_cast<const double*>(at[i]) : static_cast<double>(*static_cast<const float*>(at[i]));
    }
};

}  // namespace gradus::kernels
