#include "kernels/cuda/units.cuh"
#include "kernels/gate.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per unit of a row, in a grid-stride loop; what a single row has left, less than a unit, goes byte by byte
// through the first threads. Traffic: each byte read and written once; none read where stopped; none at all where y is
// x and nothing stops, which is then bound by the launch. Else by memory.
template <class U>
__global__ void __launch_bounds__(threads_per_block)
    gate_kernel(Pixels<const U> x, const std::int32_t* stop, Pixels<U> y, Rows rows, int rest) {
    const bool stopped = *stop != 0;
    if (!stopped && x.data == y.data) return;
    for (auto i = first_element(); i < rows.pieces; i += grid_stride())
        *place<1>(y, rows, i) = stopped ? U{} : *place<1>(x, rows, i);
    if (first_element() < rest) {
        const auto* from = reinterpret_cast<const unsigned char*>(x.data + rows.pieces);
        auto* to = reinterpret_cast<unsigned char*>(y.data + rows.pieces);
        to[first_element()] = stopped ? static_cast<unsigned char>(0) : from[first_element()];
    }
}

}  // namespace

void gate(const std::byte* x, std::int64_t x_step, const std::int32_t* stop, std::byte* y, std::int64_t y_step,
          std::int64_t pixels, std::int64_t bytes, Stream stream) {
    const auto with = [&]<class U>(Pixels<const U> from, Pixels<U> to, const Rows& all, int rest) {
        launch(gate_kernel<U>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream, from, stop, to,
               all, rest);
    };
    in_units(x, x_step, y, y_step, pixels, bytes, with);
}

}  // namespace gradus::kernels::GRADUS_CUDA
