#include "kernels/copy.h"
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

// One thread per unit of a row, in a grid-stride loop; what a single row has left, less than a unit, goes byte by byte
// through the first threads. Traffic: each byte read and written once, no arithmetic. Bound by memory.
template <class U>
__global__ void __launch_bounds__(threads_per_block) copy_kernel(Pixels<const U> x, Pixels<U> y, Rows rows, int rest) {
    for (auto i = first_element(); i < rows.pieces; i += grid_stride()) *place<1>(y, rows, i) = *place<1>(x, rows, i);
    if (first_element() < rest) {
        const auto* from = reinterpret_cast<const unsigned char*>(x.data + rows.pieces);
        auto* to = reinterpret_cast<unsigned char*>(y.data + rows.pieces);
        to[first_element()] = from[first_element()];
    }
}

}  // namespace

void copy(const std::byte* x, std::int64_t x_step, std::byte* y, std::int64_t y_step, std::int64_t pixels,
          std::int64_t bytes, Stream stream) {
    const bool single = pixels == 1 || (x_step == bytes && y_step == bytes);
    if (single) bytes *= pixels;
    // Every row must start at whole units, and rows of which there are several must end so.
    auto places = reinterpret_cast<std::uintptr_t>(x) | reinterpret_cast<std::uintptr_t>(y);
    if (!single) places |= static_cast<std::uintptr_t>(x_step | y_step | bytes);
    const auto with = [&]<int n>() {
        using U = typename Unit<n>::type;
        const std::int64_t row = bytes / n;
        const Rows all{single ? row : pixels * row, row, single};
        launch(copy_kernel<U>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream,
               Pixels<const U>{reinterpret_cast<const U*>(x), x_step / n},
               Pixels<U>{reinterpret_cast<U*>(y), y_step / n}, all, static_cast<int>(bytes % n));
    };
    if (places % 16 == 0)
        with.template operator()<16>();
    else if (places % 8 == 0)
        with.template operator()<8>();
    else if (places % 4 == 0)
        with.template operator()<4>();
    else if (places % 2 == 0)
        with.template operator()<2>();
    else
        with.template operator()<1>();
}

}  // namespace gradus::kernels::GRADUS_CUDA
