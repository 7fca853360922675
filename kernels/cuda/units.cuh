#pragma once
// Bytes that move without anybody knowing what they are, in units of 16, 8, 4, 2 or 1.
#include <cstddef>
#include <cstdint>

#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// The units that bytes are moved in.
template <int bytes>
struct Unit;
template <>
struct Unit<16> {
    using type = uint4;
};
template <>
struct Unit<8> {
    using type = uint2;
};
template <>
struct Unit<4> {
    using type = unsigned;
};
template <>
struct Unit<2> {
    using type = unsigned short;
};
template <>
struct Unit<1> {
    using type = unsigned char;
};

/// Calls with(x, y, rows, rest) for `bytes` contiguous bytes of every pixel, which starts `x_step` or `y_step` bytes
/// after the one before: Pixels of the largest unit that the places of all rows allow. `rest` bytes of a single row,
/// less than a unit, come after its last piece.
template <class F>
void in_units(const std::byte* x, std::int64_t x_step, std::byte* y, std::int64_t y_step, std::int64_t pixels,
              std::int64_t bytes, const F& with) {
    const bool single = pixels == 1 || (x_step == bytes && y_step == bytes);
    if (single) bytes *= pixels;
    // Every row must start at whole units, and rows of which there are several must end so.
    auto places = reinterpret_cast<std::uintptr_t>(x) | reinterpret_cast<std::uintptr_t>(y);
    if (!single) places |= static_cast<std::uintptr_t>(x_step | y_step | bytes);
    const auto in = [&]<int n>() {
        using U = typename Unit<n>::type;
        const std::int64_t row = bytes / n;
        with(Pixels<const U>{reinterpret_cast<const U*>(x), x_step / n}, Pixels<U>{reinterpret_cast<U*>(y), y_step / n},
             Rows{single ? row : pixels * row, row, single}, static_cast<int>(bytes % n));
    };
    if (places % 16 == 0)
        in.template operator()<16>();
    else if (places % 8 == 0)
        in.template operator()<8>();
    else if (places % 4 == 0)
        in.template operator()<4>();
    else if (places % 2 == 0)
        in.template operator()<2>();
    else
        in.template operator()<1>();
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
