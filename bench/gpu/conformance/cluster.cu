// Clusters: multicast, arrivals at another block's barrier; registers that move.
#include "bench/gpu/conformance/suites.h"
#include "bench/gpu/conformance/tensor.h"

namespace gradus::kernels::GRADUS_CUDA::conformance {
namespace {

// Every block loads its slice of a tile into all blocks of the cluster, twice; then all arrive at block 0's barrier.
__global__ void __launch_bounds__(128)
    cluster_kernel(const __grid_constant__ TensorMap map, int blocks, int words, std::uint32_t* out) {
    GRADUS_DYNAMIC_SHARED(std::uint32_t, tile);
    auto* barrier = reinterpret_cast<std::uint64_t*>(tile + blocks * words);
    const int t = static_cast<int>(threadIdx.x), rank = static_cast<int>(cluster_rank());
    const int block = static_cast<int>(blockIdx.x), all = blocks * words;
    if (t == 0) {
        mbarrier_init(&barrier[0], 1);
        mbarrier_init(&barrier[1], static_cast<std::uint32_t>(blocks));
        fence_mbarrier_init();
    }
    cluster_sync();
    for (int round = 0; round < 2; ++round) {
        if (t == 0) {
            mbarrier_arrive_expect_tx(&barrier[0], static_cast<std::uint32_t>(all) * 4);
            tma_load_4d_multicast(tile + rank * words, &map, &barrier[0], static_cast<std::uint16_t>((1 << blocks) - 1),
                                  0, rank * 8, round, block / blocks);
        }
        mbarrier_wait(&barrier[0], static_cast<std::uint32_t>(round));
        for (int i = t; i < all; i += 128) out[(block * 2 + round) * all + i] = tile[i];
        cluster_sync();  // all have read: the tile may be written again
    }
    if (t == 0) mbarrier_arrive_cluster(&barrier[1], 0);
    if (rank == 0) {
        mbarrier_wait(&barrier[1], 0);
        if (t == 0) out[static_cast<int>(gridDim.x) * 2 * all + block / blocks] = 1;
    }
    cluster_sync();  // nobody ends while others may still arrive at it
}

__global__ void __launch_bounds__(384, 1) registers_kernel(int* out) {
    if (threadIdx.x < 128)
        setmaxnreg_dec<40>();
    else
        setmaxnreg_inc<232>();
    out[threadIdx.x] = static_cast<int>(threadIdx.x) * 2;
}

void check_cluster_of(int blocks) {
    const std::string name = "cluster of " + std::to_string(blocks) + ": multicast, arrivals";
    const Tensor t{MapType::f32, {32, static_cast<std::uint64_t>(blocks) * 8, 2, 2}};
    const std::uint32_t box[4] = {32, 8, 1, 1};
    const int words = 256, all = blocks * words;
    std::vector<std::uint32_t> source(t.words()), expected;
    for (auto& v : source) v = next();
    for (int c = 0; c < 2; ++c)
        for (int rank = 0; rank < blocks; ++rank)
            for (int round = 0; round < 2; ++round) {
                const std::size_t at = expected.size();
                expected.resize(at + static_cast<std::size_t>(all));
                for (int i = 0; i < all; ++i)
                    expected[at + static_cast<std::size_t>(swizzled_byte(i * 4, 128) / 4)] =
                        source[(c * 2 + round) * all + i];
            }
    expected.push_back(1);
    expected.push_back(1);
    const Array<std::uint32_t> device(source), out(expected.size());
    TensorMap map;
    if (!t.map(map, device.data(), box, 128)) return say(name, false, ": no tensor map");
    launch(cluster_kernel,
           {.blocks = static_cast<unsigned>(2 * blocks),
            .threads = 128,
            .shared = static_cast<std::size_t>(all) * 4 + 16,
            .cluster = static_cast<unsigned>(blocks)},
           {}, map, blocks, words, out.data());
    check(name, out.values(), expected);
}

}  // namespace

void check_clusters() {
    check_cluster_of(2);
    check_cluster_of(4);
    std::vector<int> expected(384);
    for (int i = 0; i < 384; ++i) expected[i] = i * 2;
    const Array<int> out(384);
    launch(registers_kernel, {.threads = 384}, {}, out.data());
    check("setmaxnreg, 40 and 232 registers", out.values(), expected);
}

}  // namespace gradus::kernels::GRADUS_CUDA::conformance
