#pragma once
// What several threads do as one: each leaves an operand, the last to arrive works for all of them.
#include <cstring>

#include "kernels/cuda_on_cpu/block.h"
#include "kernels/cuda_on_cpu/scheduler.h"

namespace gradus::kernels::emulation {

/// Threads that are expected at a collective under this mask: the lanes of the mask that exist.
int lanes_expected(std::uint32_t mask);

/// The collective of the running thread's warp under this mask.
Collective& warp_collective(std::uint32_t mask);

/// Leaves an operand in `slot`. The last of the `expected` threads calls work(collective); all return after it.
template <class F>
void meet(Collective& c, int slot, int expected, void* operand, const Place& place, const F& work) {
    const Unseen unseen;
    char* key = &c.sync[c.generation & 1];
    c.operands[static_cast<std::size_t>(slot)] = operand;
    release(key);
    something_moved();
    if (c.arrived == 0)
        c.what = place.what;
    else if (std::strcmp(c.what, place.what) != 0)
        fail("threads that must act together are at %s and at %s", place.what, c.what);
    if (++c.arrived == expected) {
        acquire(key);
        c.arrived = 0;
        ++c.generation;
        work(c);
        release(key);
        wake(c.waiting);
    } else {
        c.waiting.push_back(current);
        wait(place);
    }
    acquire(key);
}

/// The same for the lanes of a mask of the running thread's warp.
template <class F>
void meet_in_warp(std::uint32_t mask, void* operand, const Place& place, const F& work) {
    const Unseen unseen;
    meet(warp_collective(mask), lane(), lanes_expected(mask), operand, place, work);
}

}  // namespace gradus::kernels::emulation
