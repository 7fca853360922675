#pragma once
#include "kernels/cuda/providers.h"

namespace gradus::kernels {

/// Why the kernels cannot run on the GPU that is selected (none of the architectures they were compiled for is its
/// own); null where they can.
GRADUS_EACH_CUDA(const char* probe();)

}  // namespace gradus::kernels
