#pragma once
#include "kernels/cuda_on_cpu/block.h"

namespace gradus::kernels::emulation {

/// This thread has arrived at barrier `id` (0 is __syncthreads), at which `threads` are expected; it waits for them, or
/// goes on at once.
void arrive(int id, int threads, bool waits, const Place&);

inline void __syncthreads(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    const Unseen unseen;
    arrive(0, current->block->threads, true, {"__syncthreads", file, line});
}

}  // namespace gradus::kernels::emulation
