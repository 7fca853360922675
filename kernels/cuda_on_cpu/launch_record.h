#pragma once
// One launch of a kernel, as data.
#include <cstddef>

#include "kernels/cuda_on_cpu/emulation.h"
#include "kernels/cuda_on_cpu/types.h"

namespace gradus::kernels::emulation {

struct Launch {
    dim3 blocks, threads;
    std::size_t shared = 0;  // bytes of dynamic shared memory per block
    unsigned cluster = 1;    // so many blocks along x run together
    const char* file = "";   // where it was asked for
    int line = 0;
    const char* function = "";
    int os_threads = 1;
    void (*kernel)(const void* arguments) = nullptr;
    const void* arguments = nullptr;
    Schedule schedule;
};

/// Runs every thread of every block, and returns when all have ended.
void run(const Launch&);

}  // namespace gradus::kernels::emulation
