#pragma once
// sm_90's asynchronous instructions: see kernels/cuda/ptx.
#include <cstdint>

#include "kernels/cuda_on_cpu/block.h"

namespace gradus::kernels::emulation {

/// The place of an address in the block's dynamic shared memory: what 32-bit shared addresses are here.
std::uint32_t shared_address(const void*);

/// 16-byte chunks of lines of 128 bytes change places, by the line's number: on the address, for spans of 32, 64 or
/// 128.
inline std::uint32_t swizzled(std::uint32_t address, std::uint32_t span) {
    return span != 0 ? address ^ (address >> 3 & (span - 16)) : address;
}

// mbarrier
void mbarrier_init(std::uint64_t* barrier, std::uint32_t arrivals);
inline void fence_mbarrier_init() {}
void mbarrier_arrive(std::uint64_t* barrier);
void mbarrier_arrive_expect_tx(std::uint64_t* barrier, std::uint32_t bytes);
void mbarrier_arrive_cluster(std::uint64_t* barrier, std::uint32_t rank);
void mbarrier_wait(std::uint64_t* barrier, std::uint32_t parity, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE());
/// Bytes that TMA brought; not an instruction.
void mbarrier_complete_tx(void* barrier, std::uint32_t bytes);

// TMA
enum class MapType { f32, tf32, bf16 };
struct TensorMap {
    char* base = nullptr;
    std::uint64_t size[4] = {}, stride[4] = {};  // innermost first; strides in bytes
    std::uint32_t box[4] = {};
    std::uint32_t element_bytes = 0, swizzle = 0;
    MapType type = MapType::f32;

    std::uint32_t box_bytes() const { return box[0] * box[1] * box[2] * box[3] * element_bytes; }
};
bool make_tensor_map(TensorMap&, MapType, void* base, const std::uint64_t (&size)[4], const std::uint64_t (&stride)[3],
                     const std::uint32_t (&box)[4], int swizzle);
void tma_load_4d_multicast(void* to, const TensorMap* map, std::uint64_t* barrier, std::uint16_t blocks, int c0, int c1,
                           int c2, int c3);
void tma_load_4d(void* to, const TensorMap* map, std::uint64_t* barrier, int c0, int c1, int c2, int c3);
void tma_store_4d(const TensorMap* map, const void* from, int c0, int c1, int c2, int c3);
void bulk_commit();
void wait_for_stores(std::size_t keep, TmaStore::State);
template <int keep>
void bulk_wait_read() {
    wait_for_stores(keep, TmaStore::read);
}
template <int keep>
void bulk_wait() {
    wait_for_stores(keep, TmaStore::written);
}
void fence_proxy_async();

// wgmma
void wgmma(float* d, int values, std::uint64_t a, std::uint64_t b, bool add, bool tf32, bool a_by_k, bool b_by_k);
void wgmma_fence();
void wgmma_commit();
void wait_for_wgmma(std::size_t keep);
template <int keep>
void wgmma_wait() {
    wait_for_wgmma(keep);
}
template <int values>
void wgmma_hold(float (&)[values]) {}
template <int values>
void wgmma_tf32(float (&d)[values], std::uint64_t a, std::uint64_t b, int add) {
    static_assert(values == 32 || values == 64 || values == 128, "N is 64, 128 or 256");
    wgmma(d, values, a, b, add != 0, true, false, false);
}
template <int a_mn_major = 0, int b_mn_major = 0, int values>
void wgmma_bf16(float (&d)[values], std::uint64_t a, std::uint64_t b, int add) {
    static_assert(values == 32 || values == 64 || values == 128, "N is 64, 128 or 256");
    wgmma(d, values, a, b, add != 0, false, a_mn_major != 0, b_mn_major != 0);
}

// Registers and clusters
void set_registers(int per_thread, bool more);
template <int n>
void setmaxnreg_inc() {
    static_assert(n >= 24 && n <= 256 && n % 8 == 0, "24 to 256 registers, a multiple of 8");
    set_registers(n, true);
}
template <int n>
void setmaxnreg_dec() {
    static_assert(n >= 24 && n <= 256 && n % 8 == 0, "24 to 256 registers, a multiple of 8");
    set_registers(n, false);
}
inline std::uint32_t cluster_rank() { return current->block->rank; }
void cluster_sync(const char* file = __builtin_FILE(), int line = __builtin_LINE());
/// The block of this rank in the running block's cluster. Not an instruction.
Block& peer(std::uint32_t rank);

}  // namespace gradus::kernels::emulation
