#pragma once
// OpenMP and nothing else: oneDNN uses it too, and two thread pools on one machine would fight for its cores.
#include <cstdint>

#include "kernels/stream.h"

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace gradus::kernels::cpu {

/// A function of its own, so that the two loops below share what f is made into: half the code to compile.
template <class F>
[[gnu::noinline]] void run_block(const F& f, std::int64_t block, int thread) {
    f(block, thread);
}

/// Calls f(block, thread) for every block in 0..blocks-1, each exactly once, on the stream's threads. What a
/// block computes must not depend on the thread that computes it; then the result is the same for every
/// number of threads.
template <class F>
void parallel_for([[maybe_unused]] Stream stream, std::int64_t blocks, const F& f) {
#if defined(_OPENMP)
    if (stream.threads > 1 && blocks > 1) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(stream.threads)
        for (std::int64_t i = 0; i < blocks; ++i) run_block(f, i, omp_get_thread_num());
        return;
    }
#endif
    for (std::int64_t i = 0; i < blocks; ++i) run_block(f, i, 0);
}

/// Splits 0..n-1 into ranges of `grain` (the last may be shorter) and calls f(begin, end) for each, in
/// parallel.
template <class F>
void parallel_ranges(Stream stream, std::int64_t n, std::int64_t grain, const F& f) {
    parallel_for(stream, (n + grain - 1) / grain, [&](std::int64_t block, int) {
        const std::int64_t begin = block * grain;
        f(begin, begin + grain < n ? begin + grain : n);
    });
}

}  // namespace gradus::kernels::cpu
