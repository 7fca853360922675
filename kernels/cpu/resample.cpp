#include "kernels/resample.h"

#include "kernels/cpu/parallel.h"
#include "kernels/cpu/simd.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

typedef float vec4 __attribute__((vector_size(16)));
typedef float wide __attribute__((vector_size(lanes * 4)));

// The rows of x that row p of y reads, weighted and summed: W C values.
void sum_rows(Pixels<const float> x, i64 picture, float* row, i64 p, const ResampleShape& s, const Taps<float>& taps) {
    const bool dense = x.stride == s.C;
    const i64 runs = dense ? 1 : s.W, length = dense ? s.W * s.C : s.C;
    if (taps.count[p] == 0) return zero(row, s.W * s.C);
    for (i64 k = 0; k < taps.count[p]; ++k) {
        const float weight = taps.weights[p * taps.width + k];
        const i64 start = (picture * s.H + taps.first[p] + k) * s.W;
        for (i64 run = 0; run < runs; ++run) {
            const float* from = x[start + run];
            float* to = row + run * s.C;
            if (k == 0)
                for (i64 i = 0; i < length; ++i) to[i] = weight * from[i];
            else
                for (i64 i = 0; i < length; ++i) to[i] += weight * from[i];
        }
    }
}

// The columns of that row that each pixel of y reads, weighted and summed: Q C values. Vectors may reach beyond the
// last channel: what they write there, the next pixel overwrites, and both rows end in some room to spare.
template <class V>  // vectors of 4 for pictures, else the widest
void sum_columns(const float* row, float* to, const ResampleShape& s, const Taps<float>& taps) {
    constexpr i64 width = sizeof(V) / sizeof(float);
    for (i64 q = 0; q < s.Q; ++q) {
        const float* weights = taps.weights + q * taps.width;
        const float* from = row + taps.first[q] * s.C;
        const i64 count = taps.count[q];
        for (i64 c = 0; c < s.C; c += width) {
            V sum = {};
            for (i64 k = 0; k < count; ++k) {
                V pixel;
                __builtin_memcpy(&pixel, from + k * s.C + c, sizeof(V));
                sum += weights[k] * pixel;
            }
            __builtin_memcpy(to + q * s.C + c, &sum, sizeof(V));
        }
    }
}

void write_row(const float* from, Pixels<float> y, i64 start, const ResampleShape& s, Write write) {
    const bool dense = y.stride == s.C;
    const i64 runs = dense ? 1 : s.Q, length = dense ? s.Q * s.C : s.C;
    for (i64 run = 0; run < runs; ++run) {
        float* to = y[start + run];
        if (write == Write::accumulate)
            for (i64 i = 0; i < length; ++i) to[i] += from[run * s.C + i];
        else
            copy(to, from + run * s.C, length);
    }
}

}  // namespace

// One row of y at a time, down the columns first: the row between the two passes stays in the nearest cache.
void resample(Pixels<const float> x, Pixels<float> y, const ResampleShape& s, const Taps<float>& rows,
              const Taps<float>& columns, Write write, std::byte* scratch, Stream stream) {
    const i64 room = (s.W + s.Q) * s.C + 64;
    const i64 block = most(1, (1 << 14) / most(1, (s.W + s.Q) * s.C));
    parallel_for(stream, ceil_div(s.N * s.P, block), [&](i64 index, int thread) {
        float* row = reinterpret_cast<float*>(scratch) + thread * room;
        float* result = row + s.W * s.C + 32;
        for (i64 at = index * block; at < least(s.N * s.P, (index + 1) * block); ++at) {
            sum_rows(x, at / s.P, row, at % s.P, s, rows);
            if (s.C <= 4)
                sum_columns<vec4>(row, result, s, columns);
            else
                sum_columns<wide>(row, result, s, columns);
            write_row(result, y, at * s.Q, s, write);
        }
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
