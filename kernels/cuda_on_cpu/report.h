#pragma once
#include "kernels/cuda_on_cpu/block.h"

namespace gradus::kernels::emulation {

/// Says which threads wait for what, and aborts.
[[noreturn]] void report_deadlock(const Cluster&);

/// "kernel launched at FILE:LINE (FUNCTION), block x,y,z, thread x,y,z"; of the running thread.
void describe_current(char* text, std::size_t room);

}  // namespace gradus::kernels::emulation
