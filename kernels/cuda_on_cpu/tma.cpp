// TMA: boxes of a tensor of up to four dimensions to and from shared memory.
#include <array>
#include <cstring>

#include "kernels/cuda_on_cpu/hopper.h"
#include "kernels/cuda_on_cpu/math.h"

namespace gradus::kernels::emulation {
namespace {

using Corner = std::array<int, 4>;

/// Calls f(byte in the box, address in the tensor or null outside of it) for every element of the box.
template <class F>
void walk(const TensorMap& m, const Corner& corner, const F& f) {
    std::uint32_t in_box = 0;
    std::int64_t x[4];
    const auto at = [&](std::size_t d, std::uint32_t i) { x[d] = std::int64_t{corner[d]} + i; };
    for (std::uint32_t i3 = 0; i3 < m.box[3]; ++i3)
        for (std::uint32_t i2 = 0; i2 < m.box[2]; ++i2)
            for (std::uint32_t i1 = 0; i1 < m.box[1]; ++i1)
                for (std::uint32_t i0 = 0; i0 < m.box[0]; ++i0, in_box += m.element_bytes) {
                    at(0, i0), at(1, i1), at(2, i2), at(3, i3);
                    std::int64_t offset = 0;
                    bool inside = true;
                    for (std::size_t d = 0; d < 4; ++d) {
                        inside = inside && x[d] >= 0 && x[d] < static_cast<std::int64_t>(m.size[d]);
                        offset += x[d] * static_cast<std::int64_t>(m.stride[d]);
                    }
                    f(in_box, inside ? m.base + offset : nullptr);
                }
}

/// TMA rounds to TF32 on the way in: to the nearest, ties to even.
std::uint32_t rounded_to_tf32(std::uint32_t u) {
    if ((u & 0x7f800000u) == 0x7f800000u) return u;
    return (u + 0xfffu + (u >> 13 & 1u)) & 0xffffe000u;
}

std::uint32_t check_tile(const TensorMap& m, const void* tile, int c0) {
    if (static_cast<std::int64_t>(c0) * m.element_bytes % 16 != 0) fail("a TMA box starts at %d, not on 16 bytes", c0);
    if (!current->block->shared.holds(tile, m.box_bytes())) fail("a TMA tile does not lie in dynamic shared memory");
    const std::uint32_t at = shared_address(tile), alignment = m.swizzle != 0 ? m.swizzle * 8 : 128;
    if (at % alignment != 0)
        fail("a TMA tile starts at byte %u of shared memory, expected a multiple of %u", at, alignment);
    return at;
}

void arrive_in(Block& b, const TensorMap& m, const Corner& corner, std::uint32_t tile, std::uint32_t barrier) {
    if (b.alive == 0) fail("a TMA load arrives in a block that has ended");
    walk(m, corner, [&](std::uint32_t in_box, const char* from) {
        std::uint32_t value = 0;
        if (from != nullptr) std::memcpy(&value, from, m.element_bytes);
        if (m.type == MapType::tf32) value = rounded_to_tf32(value);
        const std::uint32_t at = swizzled(tile + in_box, m.swizzle);
        std::memcpy(b.shared.dynamic() + at, &value, m.element_bytes);
        std::memcpy(b.shared.async_view() + at, &value, m.element_bytes);
    });
    mbarrier_complete_tx(b.shared.dynamic() + barrier, m.box_bytes());  // bytes outside the tensor count
}

}  // namespace

std::uint32_t shared_address(const void* p) {
    const Unseen unseen;
    SharedMemory& shared = current->block->shared;
    if (!shared.holds(p, 0)) fail("%p does not lie in dynamic shared memory", p);
    return static_cast<std::uint32_t>(static_cast<const char*>(p) - shared.dynamic());
}

bool make_tensor_map(TensorMap& m, MapType type, void* base, const std::uint64_t (&size)[4],
                     const std::uint64_t (&stride)[3], const std::uint32_t (&box)[4], int swizzle) {
    m = {};
    m.base = static_cast<char*>(base);
    m.type = type;
    m.element_bytes = type == MapType::bf16 ? 2 : 4;
    m.swizzle = static_cast<std::uint32_t>(swizzle);
    const std::uint32_t row = box[0] * m.element_bytes;
    bool ok = reinterpret_cast<std::uintptr_t>(base) % 16 == 0 && row % 16 == 0 && (swizzle == 0 || row <= m.swizzle);
    for (std::size_t d = 0; d < 4; ++d) {
        m.size[d] = size[d];
        m.box[d] = box[d];
        m.stride[d] = d > 0 ? stride[d - 1] : m.element_bytes;
        ok = ok && size[d] > 0 && size[d] <= std::uint64_t{1} << 32 && box[d] > 0 && box[d] <= 256;
        if (d > 0) ok = ok && m.stride[d] % 16 == 0 && m.stride[d] < std::uint64_t{1} << 40;
    }
    if (ok && swizzle != 0 && row != m.swizzle)
        fail("a swizzled box of %u bytes per row: rows shorter than the swizzle's span of %d are not emulated", row,
             swizzle);
    return ok;
}

void tma_load_4d_multicast(void* to, const TensorMap* map, std::uint64_t* barrier, std::uint16_t blocks, int c0, int c1,
                           int c2, int c3) {
    const Unseen unseen;
    const std::uint32_t tile = check_tile(*map, to, c0), counts = shared_address(barrier);
    Cluster& cluster = *current->block->cluster;
    for (std::uint32_t rank = 0; rank < 16; ++rank) {
        if ((blocks >> rank & 1) == 0) continue;
        Block* block = &peer(rank);
        auto arrives = [block, m = *map, corner = Corner{c0, c1, c2, c3}, tile, counts] {
            arrive_in(*block, m, corner, tile, counts);
        };
        if (cluster.launch->schedule.late_tma) {
            cluster.in_flight.push_back(std::move(arrives));
            something_moved();
        } else {
            arrives();
        }
    }
}

void tma_load_4d(void* to, const TensorMap* map, std::uint64_t* barrier, int c0, int c1, int c2, int c3) {
    tma_load_4d_multicast(to, map, barrier, static_cast<std::uint16_t>(1u << cluster_rank()), c0, c1, c2, c3);
}

void tma_store_4d(const TensorMap* map, const void* from, int c0, int c1, int c2, int c3) {
    const Unseen unseen;
    if (map->type == MapType::tf32) fail("TMA stores through a TF32 map are not emulated");
    const std::uint32_t tile = check_tile(*map, from, c0);
    const char* memory = current->block->shared.async_view();
    const Corner corner{c0, c1, c2, c3};
    TmaStore store;
    store.reads = [m = *map, corner, memory, tile](std::vector<char>& data) {
        data.resize(m.box_bytes());
        walk(m, corner, [&](std::uint32_t in_box, const char*) {
            std::memcpy(&data[in_box], memory + swizzled(tile + in_box, m.swizzle), m.element_bytes);
        });
    };
    store.writes = [m = *map, corner](const std::vector<char>& data) {
        walk(m, corner, [&](std::uint32_t in_box, char* to) {
            if (to != nullptr) std::memcpy(to, &data[in_box], m.element_bytes);
        });
    };
    if (!current->block->cluster->launch->schedule.late_tma) store.advance(TmaStore::written);
    current->stores.open.push_back(std::move(store));
}

void bulk_commit() {
    const Unseen unseen;
    current->stores.commit();
}

void wait_for_stores(std::size_t keep, TmaStore::State state) {
    const Unseen unseen;
    auto& groups = current->stores.closed;
    for (std::size_t i = 0; i + keep < groups.size(); ++i)
        for (TmaStore& s : groups[i]) s.advance(state);
}

// Of all threads' stores: finds a fence that is missing, not one that comes too early.
void fence_proxy_async() {
    const Unseen unseen;
    current->block->shared.publish();
}

}  // namespace gradus::kernels::emulation
