#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/sums.cuh"
#include "tests/kernels/cuda_on_cpu_kernels.h"

namespace gradus::kernels::cuda_on_cpu::questions {
namespace {

__global__ void number_threads_kernel(std::int64_t* numbers) {
    const std::int64_t block = (std::int64_t{blockIdx.z} * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    const std::int64_t thread = (std::int64_t{threadIdx.z} * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    const std::int64_t number = block * (blockDim.x * blockDim.y * blockDim.z) + thread;
    numbers[number] = number;
}

template <bool barriers>
__global__ void __launch_bounds__(96) pass_to_the_left_kernel(const unsigned* x, unsigned* y, int rounds) {
    GRADUS_SHARED(unsigned, tile, [96]);
    const unsigned t = threadIdx.x + blockIdx.x * 96;
    unsigned v = x[t];
    for (int i = 0; i < rounds; ++i) {
        tile[threadIdx.x] = v;
        if (barriers) __syncthreads();
        v += tile[(threadIdx.x + 1) % 96];
        if (barriers) __syncthreads();
    }
    y[t] = v;
}

__global__ void shuffle_kernel(int* out) {
    const int lane = static_cast<int>(threadIdx.x), v = 100 + lane;
    out[lane] = __shfl_xor_sync(0xffffffffu, v, 5);
    out[32 + lane] = __shfl_down_sync(0xffffffffu, v, 3);
    out[64 + lane] = __shfl_up_sync(0xffffffffu, v, 2);
    out[96 + lane] = __shfl_sync(0xffffffffu, v, 7);
    out[128 + lane] = __shfl_xor_sync(0xffffffffu, v, 1, 8);
    out[160 + lane] = __shfl_down_sync(0xffffffffu, v, 2, 8);
}

__global__ void vote_kernel(unsigned* out) {
    const int lane = static_cast<int>(threadIdx.x);
    const unsigned all = 0xffffffffu;
    const unsigned votes[6] = {__ballot_sync(all, lane % 2),
                               static_cast<unsigned>(__any_sync(all, lane == 9)),
                               static_cast<unsigned>(__all_sync(all, lane % 2)),
                               __ballot_sync(all, lane < 40),
                               static_cast<unsigned>(__any_sync(all, lane == 40)),
                               static_cast<unsigned>(__all_sync(all, lane < 40))};
    if (lane == 4)
        for (int i = 0; i < 6; ++i) out[i] = votes[i];
    if (lane < 16) {
        const unsigned half = __ballot_sync(0xffffu, lane >= 8);
        if (lane == 15) out[6] = half;
    }
    __syncwarp();
}

__global__ void count_kernel(unsigned* out, unsigned* partial, unsigned* ticket) {
    const unsigned number = blockIdx.x * blockDim.x + threadIdx.x;
    atomicAdd(&out[0], 1u);
    for (unsigned seen = out[1];;) {  // a sum by compare and swap
        const unsigned before = atomicCAS(&out[1], seen, seen + number);
        if (before == seen) break;
        seen = before;
    }
    atomicMax(&out[2], number);
    GRADUS_SHARED(bool, last, );
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = blockIdx.x + 1;
        __threadfence();
        last = atomicAdd(ticket, 1u) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        unsigned sum = 0;
        for (unsigned i = 0; i < gridDim.x; ++i) sum += atomicAdd(&partial[i], 0u);
        atomicExch(&out[3], sum);
    }
}

__global__ void block_sums_kernel(const double* x, double* sum, double* most) {
    const double v = x[blockIdx.x * 128 + threadIdx.x];
    const double s = block_sum<128>(v), again = block_sum<128>(v), m = block_max<128>(v);
    if (threadIdx.x == 77) {
        sum[blockIdx.x] = s == again ? s : -1.0;
        most[blockIdx.x] = m;
    }
}

__global__ void dynamic_shared_kernel(int* was_nan, std::uint32_t floats) {
    GRADUS_DYNAMIC_SHARED(float, buffer);
    if (threadIdx.x == 0)
        was_nan[blockIdx.x] =
            isnan(buffer[0]) && isnan(buffer[floats - 1]) && reinterpret_cast<std::uintptr_t>(buffer) % 1024 == 0;
    __syncthreads();
    buffer[threadIdx.x % floats] = 1.0f;
    buffer[floats - 1] = 2.0f;
}

template <int which>
__device__ void own_array(int* out) {
    GRADUS_SHARED(int, own, [2]);
    own[threadIdx.x] = which + static_cast<int>(threadIdx.x);
    __syncthreads();
    out[which + threadIdx.x] = own[1 - threadIdx.x];
}
__global__ void shared_of_templates_kernel(int* out) {
    own_array<0>(out);
    own_array<2>(out);
}

__global__ void write_past_end_kernel(float* x, int n) {
    if (static_cast<int>(threadIdx.x) <= n) x[threadIdx.x] = 1.0f;
}
__global__ void divergent_barrier_kernel() {
    if (threadIdx.x % 64 < 32) __syncthreads();
}
__global__ void divergent_shuffle_kernel() {
    if (threadIdx.x != 3) __shfl_xor_sync(0xffffffffu, 1.0f, 1);
}
__global__ void write_past_shared_kernel(int at) {
    GRADUS_SHARED(float, small, [32]);
    float* first = small;  // whose length no sanitizer knows
    first[at + static_cast<int>(threadIdx.x)] = 1.0f;
}
__device__ int deeper(volatile char* from, int depth) {
    volatile char here[1024];
    here[depth % 1024] = from[depth % 7];
    return depth < 0 ? 0 : deeper(here, depth + 1) + here[depth % 1024];
}
__global__ void endless_recursion_kernel(int* out) {
    volatile char start[8] = {};
    *out = deeper(start, 1);
}
__global__ void shuffle_from_outside_kernel(int* out) {
    if (threadIdx.x < 8) out[threadIdx.x] = __shfl_sync(0xffu, 1, 9);
}

}  // namespace

void number_threads(std::int64_t* numbers, unsigned blocks_x, unsigned blocks_y, unsigned blocks_z, unsigned threads_x,
                    unsigned threads_y, unsigned threads_z, int os_threads) {
    launch(number_threads_kernel,
           {.blocks = dim3(blocks_x, blocks_y, blocks_z), .threads = dim3(threads_x, threads_y, threads_z)},
           {nullptr, os_threads}, numbers);
}
void pass_to_the_left(const unsigned* x, unsigned* y, int rounds, bool barriers, int os_threads) {
    launch(barriers ? pass_to_the_left_kernel<true> : pass_to_the_left_kernel<false>, {.blocks = 5, .threads = 96},
           {nullptr, os_threads}, x, y, rounds);
}
void shuffle(int* out) { launch(shuffle_kernel, {.threads = 32}, {}, out); }
void vote(unsigned* out) { launch(vote_kernel, {.threads = 32}, {}, out); }
void count(unsigned* out, unsigned* partial, unsigned* ticket, unsigned blocks, int os_threads) {
    launch(count_kernel, {.blocks = blocks, .threads = 64}, {nullptr, os_threads}, out, partial, ticket);
}
void block_sums(const double* x, double* sum, double* most, unsigned blocks) {
    launch(block_sums_kernel, {.blocks = blocks, .threads = 128}, {}, x, sum, most);
}
void dynamic_shared(int* was_nan, std::uint32_t bytes, unsigned blocks) {
    launch(dynamic_shared_kernel, {.blocks = blocks, .threads = 64, .shared = bytes}, {}, was_nan, bytes / 4);
}
void shared_of_templates(int* out) { launch(shared_of_templates_kernel, {.threads = 2}, {}, out); }

void write_past_end(float* x, int n) { launch(write_past_end_kernel, {.threads = 512}, {}, x, n); }
void divergent_barrier() { launch(divergent_barrier_kernel, {.threads = 128}, {}); }
void divergent_shuffle() { launch(divergent_shuffle_kernel, {.threads = 32}, {}); }
void write_past_shared() { launch(write_past_shared_kernel, {.blocks = 3, .threads = 32}, {}, 1); }
void endless_recursion(int* out) { launch(endless_recursion_kernel, {}, {}, out); }
void shuffle_from_outside(int* out) { launch(shuffle_from_outside_kernel, {.threads = 32}, {}, out); }

}  // namespace gradus::kernels::cuda_on_cpu::questions
