#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// Multiplies and adds in registers on every thread for a few milliseconds, and returns how many flops that were: what
/// the processor can do where memory does not matter.
using PeakFlops = double(Stream);

namespace cpu {
GRADUS_EACH_ISA(PeakFlops peak_flops;)
}

}  // namespace gradus::kernels
