#pragma once
// Kernels that gather: each value of y is made of a few values elsewhere, as in a roll, a pad or a pooling. What to
// read is a functor's business; who computes what, and how it is written, is decided here.
#include "kernels/cuda/spots.cuh"
#include "kernels/cuda/vector.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per piece of n values of y, in a grid-stride loop; neighbors in a warp write neighboring pieces. A piece
// is n channels of a pixel, and f reads them by 16 bytes as well. Or, `across`, it is any 16 bytes of a y without gaps,
// wherever in them pixels begin: those of a picture have 3 channels. f then reads value by value, and a warp all of the
// lines that it touches, out of L1.
template <int n, bool across, class F, class T>
__global__ void __launch_bounds__(threads_per_block, 4) gather_kernel(F f, Pixels<T> y, Walk walk, bool accumulate) {
    const Extents& e = walk.extents;
    for_spots<n>(walk, [&](const Spot& at) {
        T* to = y[pixel_of(at, e)] + at.channel;
        Values<T, n> v;
        if constexpr (across) {
            Spot here = at;
#pragma unroll
            for (int k = 0; k < n; ++k) {
                v.at[k] = f.template gather<1>(here).at[0];
                here = moved(here, {0, 0, 0, 1}, e);
            }
        } else {
            v = f.template gather<n>(at);
        }
        if (accumulate) {
            const Values<T, n> kept = load<n>(static_cast<const T*>(to));
#pragma unroll
            for (int k = 0; k < n; ++k) v.at[k] += kept.at[k];
        }
        store<n>(to, v);
    });
}

/// What else a kernel may do where pixels are no whole pieces.
enum class Odd {
    single,  // one value per thread: right where f reads many values for one
    across,  // 16 bytes of y: right where it reads one
};

/// y = f, or y += f. f.gather<n>(spot) gives the n values from the spot on, all of them of one pixel, where n is 1 or
/// `most`; it may load n values of the `inputs` at once, at every pixel and n-th channel.
template <Odd odd, int most, class F, class T, class... Inputs>
void gather(const F& f, Pixels<T> y, const Extents& e, Write write, Stream stream, Inputs... inputs) {
    const auto with = [&]<int n, bool across>(std::int64_t first, std::int64_t count) {
        Walk all = walk(e, count / n, n);
        all.start = spot_of(static_cast<std::uint64_t>(first), e);
        launch(gather_kernel<n, across, F, T>, {.blocks = blocks_for(all.pieces), .threads = threads_per_block}, stream,
               f, y, all, write == Write::accumulate);
    };
    const std::int64_t values = e.values(), rest = values % most;
    if (values == 0) return;
    if (pieces_fit<most>(y, e.channels) && (pieces_fit<most>(inputs, e.channels) && ...)) {
        with.template operator()<most, false>(0, values);
        return;
    }
    if constexpr (odd == Odd::across) {
        if (values > rest && y.stride == e.channels && pieces_fit<most>(Pixels<T>{y.data, 0}, 0)) {
            with.template operator()<most, true>(0, values - rest);
            if (rest > 0) with.template operator()<1, false>(values - rest, rest);
            return;
        }
    }
    with.template operator()<1, false>(0, values);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
