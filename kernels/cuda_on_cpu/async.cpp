#include "kernels/cuda_on_cpu/async.h"

#include <cstdint>
#include <cstring>

#include "kernels/cuda_on_cpu/block.h"

namespace gradus::kernels::emulation {
namespace {

void finish(const AsyncCopy& c) {
    if (c.from != nullptr)
        std::memcpy(c.to, c.from, 16);
    else
        std::memset(c.to, 0, 16);
}

}  // namespace

void check_ended(Thread& t) {
    if (!t.copies.empty()) fail("the thread ends, but its cp.async copies may still be under way");
    t.copies.closed.clear();
    if (!t.stores.open.empty()) fail("the thread ends, but a TMA store of it was never committed");
    for (auto& group : t.stores.closed)
        for (TmaStore& s : group) {
            if (s.state < TmaStore::read) fail("the thread ends, but a TMA store of it may still read shared memory");
            s.advance(TmaStore::written);
        }
    t.stores.closed.clear();
}

void cp_async16(void* to, const void* from, bool there) {
    const Unseen unseen;
    if (reinterpret_cast<std::uintptr_t>(to) % 16 != 0 || reinterpret_cast<std::uintptr_t>(from) % 16 != 0)
        fail("cp.async of 16 bytes: %p or %p does not lie on 16 bytes", to, from);
    if (!current->block->shared.holds_anywhere(to, 16)) fail("cp.async: %p does not lie in shared memory", to);
    const AsyncCopy c{to, there ? from : nullptr};
    if (current->block->cluster->launch->schedule.late_copies)
        current->copies.open.push_back(c);
    else
        finish(c);
}

void cp_async_commit() {
    const Unseen unseen;
    current->copies.commit();
}

void wait_for_copies(std::size_t keep) {
    const Unseen unseen;
    current->copies.wait(keep, finish);
}

}  // namespace gradus::kernels::emulation
