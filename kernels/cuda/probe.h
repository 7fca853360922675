#pragma once
#include "kernels/cuda/providers.h"

namespace gradus::kernels {

/// Why the kernels cannot run on the GPU that is selected (none of the architectures they were compiled for is its
/// own); null where they can.
GRADUS_EACH_CUDA(const char* probe();)

/// The architecture that the kernels for the selected GPU were compiled for, 80 for compute capability 8.0: it is the
/// GPU's own or an older one. Processors imitate an H100's.
GRADUS_EACH_CUDA(int architecture();)

/// Whether that is sm_90a, whose instructions no other GPU has, later ones included.
GRADUS_EACH_CUDA(bool has_wgmma();)

}  // namespace gradus::kernels
