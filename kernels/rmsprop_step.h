#pragma once
#include "kernels/box.h"
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

struct RmspropOptions {
    double decay = 0.95;  // how much of its mean square a step keeps
    double eps = 1e-8;
    Box box = {};
};

/// v moves towards g^2; x -= rate g / (sqrt(v) + eps).
template <class T>
using RmspropStep = void(T* x, T* v, const T* g, const T* rate, std::int64_t n, const RmspropOptions&, Stream);

namespace reference {
template <class T>
void rmsprop_step(T* x, T* v, const T* g, const T* rate, std::int64_t n, const RmspropOptions&, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(RmspropStep<float> rmsprop_step;)
}
GRADUS_EACH_CUDA(RmspropStep<float> rmsprop_step;)

}  // namespace gradus::kernels
