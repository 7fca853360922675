#include "kernels/cuda/ptx.cuh"
#include "tests/kernels/async_bugs.h"

namespace gradus::kernels::cuda_on_cpu::async_bugs {
namespace {

constexpr int stages = 3;

template <int groups_in_flight>
__global__ void __launch_bounds__(64) copy_ring_kernel(const float* x, float* sums, int tiles) {
    GRADUS_DYNAMIC_SHARED(float, ring);
    const int t = static_cast<int>(threadIdx.x);
    const auto load = [&](int tile) {
        if (tile < tiles) cp_async16(ring + tile % stages * 256 + t * 4, x + tile * 256 + t * 4);
        cp_async_commit();  // empty ones too: every tile is one group
    };
    for (int i = 0; i < stages - 1; ++i) load(i);
    float sum = 0;
    for (int tile = 0; tile < tiles; ++tile) {
        cp_async_wait<groups_in_flight>();
        __syncthreads();
        load(tile + stages - 1);
        for (int i = 0; i < 4; ++i) sum += ring[tile % stages * 256 + (63 - t) * 4 + i];
    }
    cp_async_wait<0>();
    sums[t] = sum;
}

template <Ring ring>
__global__ void __launch_bounds__(256) tma_ring_kernel(const __grid_constant__ TensorMap map, float* out, int tiles) {
    constexpr int slots = 2, tile_bytes = 64 * 32 * 4;
    GRADUS_DYNAMIC_SHARED(unsigned char, shared);
    auto* full = reinterpret_cast<std::uint64_t*>(shared + slots * tile_bytes);
    std::uint64_t* empty = full + slots;
    const int t = static_cast<int>(threadIdx.x);
    if (t == 0) {
        for (int i = 0; i < slots; ++i) {
            mbarrier_init(&full[i], 1);
            mbarrier_init(&empty[i], 4);  // one arrival per warp
        }
        fence_mbarrier_init();
    }
    __syncthreads();
    if (t >= 128) {  // the second warpgroup produces
        for (int i = 0; i < tiles && t == 128; ++i) {
            if (ring != Ring::never_waits) mbarrier_wait(&empty[i % slots], (i / slots & 1) ^ 1);
            mbarrier_arrive_expect_tx(&full[i % slots], tile_bytes);
            tma_load_4d(shared + i % slots * tile_bytes, &map, &full[i % slots], 0, i * 64, 0, 0);
        }
        return;
    }
    float d[32];
    for (float& v : d) v = 0;
    for (int i = 0; i < tiles; ++i) {
        const std::uint32_t tile = shared_address(shared) + static_cast<std::uint32_t>(i % slots * tile_bytes);
        const std::uint64_t operand = wgmma_descriptor(tile, 16, 1024, 128);
        mbarrier_wait(&full[i % slots], i / slots & 1);
        wgmma_hold(d);
        wgmma_fence();
        wgmma_tf32(d, operand, operand, 1);
        wgmma_commit();
        if (ring == Ring::released_early && t % 32 == 0) mbarrier_arrive(&empty[i % slots]);
        wgmma_wait<0>();
        wgmma_hold(d);
        if (ring != Ring::released_early && t % 32 == 0) mbarrier_arrive(&empty[i % slots]);
    }
    for (int e = 0; e < 32; ++e)
        out[(t / 32 * 16 + t % 32 / 4 + e / 2 % 2 * 8) * 64 + e / 4 * 8 + t % 4 * 2 + e % 2] = d[e];
}

__global__ void __launch_bounds__(128) product_kernel(Mistake mistake, float* out) {
    GRADUS_DYNAMIC_SHARED(float, shared);
    const int t = static_cast<int>(threadIdx.x);
    float d[32] = {1};
    for (int i = t; i < 4096; i += 128) shared[i] = 1;
    if (mistake != Mistake::no_proxy_fence) fence_proxy_async();
    __syncthreads();
    if (mistake != Mistake::no_wgmma_fence) wgmma_fence();
    const std::uint32_t at = shared_address(shared);
    wgmma_tf32(d, wgmma_descriptor(at, 16, 1024, 128), wgmma_descriptor(at + 8192, 16, 1024, 128), 0);
    wgmma_commit();
    if (mistake != Mistake::read_before_wait) wgmma_wait<0>();
    out[blockIdx.x * 128 + threadIdx.x] = d[0];
    wgmma_wait<0>();
}

__global__ void __launch_bounds__(128)
    mistake_kernel(Mistake mistake, const __grid_constant__ TensorMap map, float* out) {
    GRADUS_DYNAMIC_SHARED(unsigned char, shared);
    auto* barrier = reinterpret_cast<std::uint64_t*>(shared + 16384);
    const int t = static_cast<int>(threadIdx.x);
    if (t == 0) {
        mbarrier_init(barrier, 1);
        fence_mbarrier_init();
    }
    cluster_sync();
    if (mistake == Mistake::store_not_waited_for && t == 0) {
        tma_store_4d(&map, shared, 0, 0, 0, 0);
        bulk_commit();
    }
    if (mistake == Mistake::arrival_too_many) {  // the phase that odd threads wait for comes and goes
        if (t < 3) mbarrier_arrive(barrier);
        mbarrier_wait(barrier, t & 1);
    }
    if (mistake == Mistake::wrong_byte_count) {
        if (t == 0) {
            mbarrier_arrive_expect_tx(barrier, 2048);
            tma_load_4d(shared, &map, barrier, 0, 0, 0, 0);
        }
        mbarrier_wait(barrier, 0);
    }
    if (mistake == Mistake::registers_wrong_way) setmaxnreg_dec<256>(), setmaxnreg_inc<24>();
    if (mistake == Mistake::block_has_left && cluster_rank() == 1 && t == 0) {
        for (int i = 0; i < 99; ++i) __syncwarp(1);
        mbarrier_arrive_cluster(barrier, 0);
    }
    if (mistake == Mistake::two_thread_counts) bar_sync(1, t < 64 ? 64 : 128);
    out[blockIdx.x * 128 + threadIdx.x] = 8;
}

}  // namespace

void copy_ring(const float* x, float* sums, int tiles, bool off_by_one) {
    launch(off_by_one ? copy_ring_kernel<stages - 1> : copy_ring_kernel<stages - 2>,
           {.threads = 64, .shared = stages * 1024}, {}, x, sums, tiles);
}

void tma_ring(float* x, float* d, int tiles, Ring ring) {
    TensorMap map;
    const auto rows = static_cast<std::uint64_t>(tiles) * 64;
    make_tensor_map(map, MapType::f32, x, {32, rows, 1, 1}, {128, rows * 128, rows * 128}, {32, 64, 1, 1}, 128);
    const auto kernel = ring == Ring::right            ? tma_ring_kernel<Ring::right>
                        : ring == Ring::released_early ? tma_ring_kernel<Ring::released_early>
                                                       : tma_ring_kernel<Ring::never_waits>;
    launch(kernel, {.threads = 256, .shared = 2 * 8192 + 32}, {}, map, d, tiles);
}

void make_mistake(Mistake mistake, float* box, float* out) {
    TensorMap map;
    make_tensor_map(map, MapType::f32, box, {32, 8, 1, 1}, {128, 1024, 1024}, {32, 8, 1, 1}, 128);
    if (mistake != Mistake::none && mistake <= Mistake::read_before_wait)
        launch(product_kernel, {.blocks = 2, .threads = 128, .shared = 16384}, {}, mistake, out);
    else
        launch(mistake_kernel, {.blocks = 2, .threads = 128, .shared = 16384 + 8, .cluster = 2}, {}, mistake, map, out);
    if (mistake == Mistake::none)
        launch(product_kernel, {.blocks = 2, .threads = 128, .shared = 16384}, {}, mistake, out);
}

}  // namespace gradus::kernels::cuda_on_cpu::async_bugs
