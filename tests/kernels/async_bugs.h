#pragma once
// Kernels with asynchronous copies and products, each right, or with one planted mistake.
#include <cstdint>

namespace gradus::kernels::cuda_on_cpu::async_bugs {

/// Each of 64 threads adds up 16 bytes of each of `tiles` tiles of 256 floats, which cp.async brings through three
/// stages. Off by one, it waits for one group too few.
void copy_ring(const float* x, float* sums, int tiles, bool off_by_one);

enum class Ring { right, released_early, never_waits };

/// d[64 x 64] = the sum of t t^T over `tiles` tiles t[64 x 8] (the left 8 columns of 64 x 32), which TMA brings through
/// two stages. A slot may be released before wgmma has read it, or overwritten without waiting for its release.
void tma_ring(float* x, float* d, int tiles, Ring);

enum class Mistake {
    none,
    no_proxy_fence,
    no_wgmma_fence,
    read_before_wait,
    store_not_waited_for,
    arrival_too_many,
    wrong_byte_count,
    registers_wrong_way,
    block_has_left,
    two_thread_counts
};

/// All 128 values of each of two blocks are 8, unless the mistake shows.
void make_mistake(Mistake, float* box, float* out);

}  // namespace gradus::kernels::cuda_on_cpu::async_bugs
