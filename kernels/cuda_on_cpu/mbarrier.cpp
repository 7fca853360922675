// mbarrier: counts arrivals and bytes. A phase is over when neither is missing; then the next one begins.
#include <cstdlib>

#include "kernels/cuda_on_cpu/hopper.h"
#include "kernels/cuda_on_cpu/scheduler.h"

namespace gradus::kernels::emulation {
namespace {

constexpr std::uint32_t most = 0xfffff;

// Not the hardware's layout, which nobody may look at; the same size.
struct Counts {
    std::int64_t bytes : 22;  // may be negative: data can arrive before it is announced
    std::uint64_t pending : 20, arrivals : 20, phase : 1, spare : 1;
};
static_assert(sizeof(Counts) == sizeof(std::uint64_t));

Counts& counts(void* barrier) {
    auto* c = static_cast<Counts*>(barrier);
    if (reinterpret_cast<std::uintptr_t>(barrier) % 8 != 0 || c->arrivals == 0 || c->arrivals == most)
        fail("the mbarrier at %p was never initialized", barrier);
    return *c;
}

char* key(void* barrier, unsigned phase) { return static_cast<char*>(barrier) + phase; }

void settle(Counts& c) {
    if (std::labs(static_cast<long>(c.bytes)) > static_cast<long>(most))
        fail("an mbarrier counts more than 2^20 bytes");
    if (c.pending == 0 && c.bytes == 0) {
        release(key(&c, c.phase));
        c.phase ^= 1;
        c.pending = c.arrivals;
    }
    something_moved();
}

void arrive_at(void* barrier, std::uint32_t bytes) {
    Counts& c = counts(barrier);
    release(key(barrier, c.phase));
    if (bytes > most) fail("an mbarrier is told to expect %u bytes, at most 2^20 - 1 are possible", bytes);
    if (c.pending == 0) fail("more arrivals at an mbarrier than the %u it counts", static_cast<unsigned>(c.arrivals));
    c.bytes += static_cast<std::int64_t>(bytes);
    --c.pending;
    settle(c);
}

void in_shared(const void* barrier) {
    if (!current->block->shared.holds_anywhere(barrier, 8))
        fail("the mbarrier %p does not lie in shared memory", barrier);
}

}  // namespace

void mbarrier_init(std::uint64_t* barrier, std::uint32_t arrivals) {
    const Unseen unseen;
    in_shared(barrier);
    if (arrivals == 0 || arrivals >= most) fail("mbarrier_init: %u arrivals, expected 1 to 2^20 - 2", arrivals);
    auto& c = *reinterpret_cast<Counts*>(barrier);
    c.bytes = 0;
    c.pending = c.arrivals = arrivals;
    c.phase = c.spare = 0;
}

void mbarrier_arrive(std::uint64_t* barrier) { mbarrier_arrive_expect_tx(barrier, 0); }

void mbarrier_arrive_expect_tx(std::uint64_t* barrier, std::uint32_t bytes) {
    const Unseen unseen;
    in_shared(barrier);
    arrive_at(barrier, bytes);
}

void mbarrier_arrive_cluster(std::uint64_t* barrier, std::uint32_t rank) {
    const Unseen unseen;
    arrive_at(peer(rank).shared.dynamic() + shared_address(barrier), 0);
}

void mbarrier_complete_tx(void* barrier, std::uint32_t bytes) {
    Counts& c = counts(barrier);
    c.bytes -= static_cast<std::int64_t>(bytes);
    settle(c);
}

void mbarrier_wait(std::uint64_t* barrier, std::uint32_t parity, const char* file, int line) {
    const Unseen unseen;
    in_shared(barrier);
    Counts& c = counts(barrier);
    while (c.phase == (parity & 1)) wait_a_little({"mbarrier_wait", file, line});
    acquire(key(barrier, parity & 1));
    something_moved();
}

}  // namespace gradus::kernels::emulation
