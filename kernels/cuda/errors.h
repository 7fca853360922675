#pragma once
#include "kernels/cuda/providers.h"

namespace gradus::kernels {

// Of the launches that this thread asked for since it last called this: what went wrong first, as "conv2d.cu:120
// (conv2d): invalid configuration argument"; null where nothing did. Kernels throw nothing, so whoever queues them
// asks. The emulation reports its errors itself and has none to give.
GRADUS_EACH_CUDA(const char* take_launch_error();)

}  // namespace gradus::kernels
