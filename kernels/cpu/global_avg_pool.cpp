// Forward, a task sums one vector of channels of one picture over all its pixels: in f32 over runs of 64, those in f64.
#include "kernels/global_avg_pool.h"

#include "kernels/cpu/pool2d_windows.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

template <class T>
void forward(Pixels<const T> x, Pixels<T> y, i64 N, i64 pixels, i64 C, Stream stream) {
    const i64 vectors = ceil_div(C, lanes);
    parallel_for(stream, N * vectors, [&](i64 task, int) {
        const i64 n = task / vectors, c = task % vectors * lanes, count = least(lanes, C - c);
        double total[lanes] = {};
        for (i64 run = 0; run < pixels; run += 64) {
            vec sum = {};
            for (i64 i = run; i < least(pixels, run + 64); ++i) sum += load(x[n * pixels + i] + c, count);
            for (int v = 0; v < lanes; ++v) total[v] += static_cast<double>(sum[v]);
        }
        vec mean = {};
        for (int v = 0; v < lanes; ++v) mean[v] = static_cast<float>(total[v] / static_cast<double>(pixels));
        store(y[n] + c, mean, count);
    });
}

template <class T>
void backward(Pixels<const T> dy, Pixels<T> dx, i64 N, i64 pixels, i64 C, Write write, Stream stream) {
    const float share = 1.0f / static_cast<float>(pixels);
    parallel_ranges(stream, N * pixels, rows_of_task(C), [&](i64 begin, i64 end) {
        for (i64 i = begin; i < end; ++i) {
            const T* from = dy[i / pixels];
            T* to = dx[i];
            for (i64 c = 0; c < C; c += lanes) {
                const i64 count = least(lanes, C - c);
                const vec part = load(from + c, count) * share;
                store(to + c, write == Write::accumulate ? load(to + c, count) + part : part, count);
            }
        }
    });
}

}  // namespace

#define PROVIDE(T)                                                                                              \
    void global_avg_pool(Pixels<const T> x, Pixels<T> y, i64 N, i64 pixels, i64 C, std::byte*, Stream stream) { \
        forward(x, y, N, pixels, C, stream);                                                                    \
    }                                                                                                           \
    void global_avg_pool_backward(Pixels<const T> dy, Pixels<T> dx, i64 N, i64 pixels, i64 C, Write write,      \
                                  Stream stream) {                                                              \
        backward(dy, dx, N, pixels, C, write, stream);                                                          \
    }
PROVIDE(float)
PROVIDE(bf16)

}  // namespace gradus::kernels::cpu::GRADUS_ISA
