#pragma once
// How a convolution, as a matrix product, is cut into blocks: the size of their tiles, and into how many parts the
// depth.
#include "kernels/cuda/conv2d_sizes.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

/// Blocks of one product and how the depth is split among them. It depends on the sizes alone: so does the order of
/// sums.
struct Cut {
    int rows = 0, columns = 0;      // of a tile
    int down = 0, across = 0;       // tiles
    int splits = 1, per_split = 0;  // parts of the depth, and steps of each part

    unsigned threads() const { return static_cast<unsigned>(rows * columns / 64); }
    dim3 blocks() const {
        return {static_cast<unsigned>(down), static_cast<unsigned>(across), static_cast<unsigned>(splits)};
    }
};

/// How a kernel multiplies, for the estimate below.
struct Multiplier {
    int depth = packed_step;  // of a step
    double speed = 1;         // multiply-adds in the time of one of the plain units
    double of_value = 8;      // a value that a tile brings from the L2 cache, in plain multiply-adds
    double wanted = 256;      // threads of a multiprocessor, 64 results each, that hide the latency of loads
};

/// What a cut costs, in multiply-adds of one multiprocessor: an estimate. All GPUs get the cut that suits an H100 or
/// H200, and so the same bytes.
inline double cost(const Cut& c, std::int64_t height, std::int64_t width, const Multiplier& m) {
    constexpr double multiprocessors = 132;
    constexpr double of_sum = 50;        // a partial sum, written and read again
    constexpr double of_launch = 2.5e5;  // the kernel that adds them: 1 us
    const double blocks = static_cast<double>(c.down) * c.across * c.splits;
    const double busiest =
        static_cast<double>(static_cast<std::int64_t>((blocks + multiprocessors - 1) / multiprocessors));
    const double threads = busiest * c.threads(), busy = threads < m.wanted ? threads / m.wanted : 1;
    const double step = m.depth * (c.rows * c.columns / m.speed + m.of_value * (c.rows + c.columns));
    const double sums = of_sum * c.splits * static_cast<double>(height * width) / multiprocessors + of_launch;
    return busiest * c.per_split * step / busy + (c.splits > 1 ? sums : 0);
}

/// The cheapest cut of [height x depth] [depth x width] into tiles of such sizes, its parts of 8 steps or more.
template <std::size_t sizes>
Cut cheapest(const int (&tiles)[sizes][2], std::int64_t height, std::int64_t width, int steps,
             const Multiplier& multiplier = {}) {
    Cut best;
    double least = 0;
    for (const auto& tile : tiles) {
        if (tile[1] > 64 && tile[1] >= 2 * width) continue;  // half of it would be empty
        for (int splits = 1; splits <= 128 && (splits == 1 || steps / splits >= 8); ++splits) {
            Cut c = {.rows = tile[0],
                     .columns = tile[1],
                     .down = static_cast<int>(ceil_div<std::int64_t>(height, tile[0])),
                     .across = static_cast<int>(ceil_div<std::int64_t>(width, tile[1])),
                     .per_split = ceil_div(steps, splits)};
            c.splits = ceil_div(steps, c.per_split);
            const double now = cost(c, height, width, multiplier);
            if (best.rows == 0 || now < least) {
                best = c;
                least = now;
            }
        }
    }
    return best;
}

/// The convolution of dy with the rotated filters whose result is dx, for stride 1.
inline Conv2dShape rotated(const Conv2dShape& z) {
    Conv2dShape back = z;
    back.H = z.P, back.W = z.Q, back.C = z.K, back.K = z.C, back.P = z.H, back.Q = z.W;
    back.pad_h = z.dilation_h * (z.R - 1) - z.pad_h;  // negative where the padding was wider than the window
    back.pad_w = z.dilation_w * (z.S - 1) - z.pad_w;
    return back;
}

/// The partial sums of a cut, [part][pixel][packed_columns], in bytes.
inline std::size_t bytes_of_parts(const Cut& c, const Conv2dShape& z) {
    if (c.splits == 1) return 0;
    return static_cast<std::size_t>(c.splits * z.N * z.P * z.Q * packed_columns(z.K)) * sizeof(float);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
