#pragma once
#include <cstdint>
#include <type_traits>

#include "kernels/bf16.h"
#include "kernels/inline.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// The values of an NHWC tensor: channels are contiguous, and one pixel starts `stride` elements after the one before.
/// A channel slice of a wider tensor is the same pointer moved, with the wider tensor's stride.
template <class T>
struct Pixels {
    T* data = nullptr;
    std::int64_t stride = 0;

    GRADUS_INLINE T* operator[](std::int64_t pixel) const { return data + pixel * stride; }
};

/// The type a storage type computes in: f64 in f64, everything else in f32.
template <class T>
using Compute = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// Weights and biases are stored in the type they are computed in; only activations are stored in bf16.
template <class T>
using Weight = Compute<T>;

}  // namespace gradus::kernels
