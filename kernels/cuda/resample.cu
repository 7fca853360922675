#include "kernels/cuda/gather.cuh"
#include "kernels/resample.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// Each value is the sum over the taps of its row of the sums over the taps of its column; gather.cuh says who writes
// it. One pass and no memory between: the usual bilinear step has 2 x 2 taps, whose values come from L1, while two
// passes would write and read a picture in between. Traffic: reads x, writes y, and reads it first to accumulate: 8 or
// 12 bytes per value in f32 for 2 flops a tap. Bound by memory with few taps; wide windows of Lanczos, and pictures of
// 3 channels, a value per thread, by L1.
template <class T>
struct Resampled {
    Pixels<const T> x;
    ResampleShape s;
    Taps<float> rows, columns;

    template <int n>
    __device__ __forceinline__ Values<T, n> gather(const Spot& at) const {
        const float *down = rows.weights + at.row * rows.width, *across = columns.weights + at.column * columns.width;
        const std::int32_t top = rows.first[at.row], left = columns.first[at.column];
        Values<T, n> sum = {};
        for (std::int32_t k = 0; k < rows.count[at.row]; ++k) {
            const std::int64_t from = (at.picture * s.H + top + k) * s.W + left;
            Values<T, n> row = {};
            for (std::int32_t j = 0; j < columns.count[at.column]; ++j) {
                const Values<T, n> v = load<n>(x[from + j] + at.channel);
#pragma unroll
                for (int i = 0; i < n; ++i) row.at[i] = fmaf(across[j], v.at[i], row.at[i]);
            }
#pragma unroll
            for (int i = 0; i < n; ++i) sum.at[i] = fmaf(down[k], row.at[i], sum.at[i]);
        }
        return sum;
    }
};

template <class T>
void choose(Pixels<const T> x, Pixels<T> y, const ResampleShape& s, const Taps<float>& rows, const Taps<float>& columns,
            Write write, Stream stream) {
    gather<Odd::single, per_vector<T>>(Resampled<T>{x, s, rows, columns}, y, {s.N, s.P, s.Q, s.C}, write, stream, x);
}

}  // namespace

void resample(Pixels<const float> x, Pixels<float> y, const ResampleShape& s, const Taps<float>& rows,
              const Taps<float>& columns, Write write, std::byte*, Stream stream) {
    choose(x, y, s, rows, columns, write, stream);
}
void resample(Pixels<const bf16> x, Pixels<bf16> y, const ResampleShape& s, const Taps<float>& rows,
              const Taps<float>& columns, Write write, std::byte*, Stream stream) {
    choose(x, y, s, rows, columns, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
