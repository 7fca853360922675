#pragma once
#include "kernels/box.h"
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

struct MomentumOptions {
    double momentum = 0.9;  // how much of its speed a step keeps
    bool nesterov = false;  // the slope as it will be when the speed has acted once more
    double decay = 0;       // so much of x is added to its gradient
    Box box = {};
};

/// g += decay x; v = momentum v + g; x -= rate v, or with Nesterov rate (g + momentum v).
template <class T>
using MomentumStep = void(T* x, T* v, const T* g, const T* rate, std::int64_t n, const MomentumOptions&, Stream);

namespace reference {
template <class T>
void momentum_step(T* x, T* v, const T* g, const T* rate, std::int64_t n, const MomentumOptions&, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(MomentumStep<float> momentum_step;)
}
GRADUS_EACH_CUDA(MomentumStep<float> momentum_step;)

}  // namespace gradus::kernels
