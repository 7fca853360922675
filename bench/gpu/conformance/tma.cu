// mbarrier; TMA loads and stores of every type and swizzle, inside, across and outside the tensor's edges.
#include "bench/gpu/conformance/suites.h"
#include "bench/gpu/conformance/tensor.h"

namespace gradus::kernels::GRADUS_CUDA::conformance {
namespace {

// 256 arrivals, six phases, two barriers in turn.
__global__ void mbarrier_kernel(int* out) {
    GRADUS_DYNAMIC_SHARED(std::uint64_t, barrier);
    int* values = reinterpret_cast<int*>(barrier + 2);
    const int t = static_cast<int>(threadIdx.x);
    if (t == 0) {
        mbarrier_init(&barrier[0], 256);
        mbarrier_init(&barrier[1], 256);
        fence_mbarrier_init();
    }
    __syncthreads();
    for (int phase = 0; phase < 6; ++phase) {
        values[t] = phase * 1000 + t;
        mbarrier_arrive(&barrier[0]);
        mbarrier_wait(&barrier[0], phase & 1);
        out[phase * 256 + t] = values[(t + 37) % 256];
        mbarrier_arrive(&barrier[1]);
        mbarrier_wait(&barrier[1], phase & 1);
    }
}

// Writes the box as it lies in shared memory, and then where shared memory starts modulo 1024.
__global__ void load_kernel(const __grid_constant__ TensorMap map, Corner corner, int words, std::uint32_t* out) {
    GRADUS_DYNAMIC_SHARED(std::uint32_t, tile);
    auto* barrier = reinterpret_cast<std::uint64_t*>(tile + words);
    if (threadIdx.x == 0) {
        mbarrier_init(barrier, 1);
        fence_mbarrier_init();
        mbarrier_arrive_expect_tx(barrier, static_cast<std::uint32_t>(words) * 4);
        tma_load_4d(tile, &map, barrier, corner.at[0], corner.at[1], corner.at[2], corner.at[3]);
        out[words] = shared_address(tile) & 1023;
    }
    __syncthreads();
    mbarrier_wait(barrier, 0);
    for (int i = static_cast<int>(threadIdx.x); i < words; i += static_cast<int>(blockDim.x)) out[i] = tile[i];
}

// Two boxes in two groups; the first is overwritten as soon as it may be.
__global__ void store_kernel(const __grid_constant__ TensorMap map, Corner one, Corner two, int words,
                             const std::uint32_t* in) {
    GRADUS_DYNAMIC_SHARED(std::uint32_t, tiles);
    for (int i = static_cast<int>(threadIdx.x); i < 2 * words; i += static_cast<int>(blockDim.x)) tiles[i] = in[i];
    fence_proxy_async();
    __syncthreads();
    if (threadIdx.x == 0) {
        tma_store_4d(&map, tiles, one.at[0], one.at[1], one.at[2], one.at[3]);
        bulk_commit();
        tma_store_4d(&map, tiles + words, two.at[0], two.at[1], two.at[2], two.at[3]);
        bulk_commit();
        bulk_wait_read<1>();
        for (int i = 0; i < words; ++i) tiles[i] = 0xdeadbeefu;
        bulk_wait_read<0>();
        bulk_wait<0>();
    }
}

void check_loads(const Tensor& t, const std::uint32_t (&box)[4], int words, int span, const std::string& name) {
    const auto numbers = special_numbers();
    std::vector<std::uint32_t> source(t.words()), found, expected;
    for (auto& v : source) {
        v = bits(numbers[next() % numbers.size()]);
        // What rounding to TF32 makes of NaN, of subnormal numbers, and of those next to infinity, nobody has written
        // down.
        const std::uint32_t size = v & 0x7fffffffu;
        if (t.type == MapType::tf32 && size != 0 && (size < 0x00800000u || size >= 0x7f7ff000u)) v = bits(1.0f);
    }
    const Array<std::uint32_t> device(source), out(static_cast<std::size_t>(words) + 1);
    TensorMap map;
    if (!t.map(map, device.data(), box, span)) return say("TMA load " + name, false, ": no tensor map");
    for (const Corner& corner : {Corner{{0, 0, 0, 0}}, Corner{{8, 2, 1, 1}}, Corner{{-8, -1, -1, 0}},
                                 Corner{{32, 9, 5, 2}}, Corner{{0, 0, 0, 7}}}) {
        std::vector<std::uint32_t> tile(static_cast<std::size_t>(words) + 1, 0);
        for_box(t, box, corner, [&](int in_box, std::int64_t at) {
            if (at < 0) return;
            std::uint32_t v = 0;
            std::memcpy(&v, reinterpret_cast<const char*>(source.data()) + at, static_cast<std::size_t>(t.element()));
            if (t.type == MapType::tf32) v = round_to(number(v), 11, true);
            std::memcpy(reinterpret_cast<char*>(tile.data()) + swizzled_byte(in_box, span), &v,
                        static_cast<std::size_t>(t.element()));
        });
        expected.insert(expected.end(), tile.begin(), tile.end());
        launch(load_kernel, {.threads = 64, .shared = static_cast<std::size_t>(words) * 4 + 8}, {}, map, corner, words,
               out.data());
        const auto loaded = out.values();
        found.insert(found.end(), loaded.begin(), loaded.end());
    }
    check("TMA load " + name, found, expected);
}

void check_stores(const Tensor& t, const std::uint32_t (&box)[4], int words, int span, const std::string& name) {
    if (words * 4 % (span != 0 ? span * 8 : 128) != 0) return;  // the second tile would not be aligned
    std::vector<std::uint32_t> tiles(static_cast<std::size_t>(words) * 2), expected(t.words(), 0x7fc0ffeeu);
    for (auto& v : tiles) v = bits(small());
    const Corner one{{-8, 8, -1, 1}}, two{{16, 2, 2, 1}};
    const Array<std::uint32_t> device(expected), in(tiles);
    TensorMap map;
    if (!t.map(map, device.data(), box, span)) return say("TMA store " + name, false, ": no tensor map");
    for (const int which : {0, 1})
        for_box(t, box, which == 0 ? one : two, [&](int in_box, std::int64_t at) {
            if (at >= 0)
                std::memcpy(reinterpret_cast<char*>(expected.data()) + at,
                            reinterpret_cast<const char*>(&tiles[static_cast<std::size_t>(which * words)]) +
                                swizzled_byte(in_box, span),
                            static_cast<std::size_t>(t.element()));
        });
    launch(store_kernel, {.threads = 64, .shared = static_cast<std::size_t>(words) * 8}, {}, map, one, two, words,
           in.data());
    check("TMA store " + name, device.values(), expected);
}

}  // namespace

void check_mbarrier() {
    std::vector<int> expected(6 * 256);
    for (int phase = 0; phase < 6; ++phase)
        for (int t = 0; t < 256; ++t) expected[phase * 256 + t] = phase * 1000 + (t + 37) % 256;
    const Array<int> out(expected.size());
    launch(mbarrier_kernel, {.threads = 256, .shared = 2048}, {}, out.data());
    check("mbarrier, 256 arrivals, 6 phases", out.values(), expected);
}

void check_tma() {
    for (const MapType type : {MapType::f32, MapType::tf32, MapType::bf16})
        for (const int span : {0, 32, 64, 128}) {
            const Tensor t{type, {40, 11, 7, 3}};
            const std::uint32_t box[4] = {static_cast<std::uint32_t>((span != 0 ? span : 64) / t.element()), 5, 4, 2};
            const int words = static_cast<int>(box[0] * box[1] * box[2] * box[3]) * t.element() / 4;
            const std::string name = std::string(type == MapType::f32    ? "f32"
                                                 : type == MapType::tf32 ? "tf32"
                                                                         : "bf16") +
                                     ", swizzle " + std::to_string(span);
            check_loads(t, box, words, span, name);
            if (type != MapType::tf32) check_stores(t, box, words, span, name);
        }
}

}  // namespace gradus::kernels::GRADUS_CUDA::conformance
