#pragma once
#include <cstddef>

#include "kernels/box.h"
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

struct AdamOptions {
    double beta1 = 0.9, beta2 = 0.999;  // how much of its means a step keeps: of the gradient, of its square
    double eps = 1e-8;
    Box box = {};
};

/// What a step needs room for on a GPU: its two numbers that depend on the count.
constexpr std::size_t adam_scratch_bytes = 2 * sizeof(float);

/// steps += 1; m and v move towards g and g^2; x -= rate m^ / (sqrt(v^) + eps), m^ and v^ without their start at 0.
template <class T>
using AdamStep = void(T* x, T* m, T* v, std::int32_t* steps, const T* g, const T* rate, std::int64_t n,
                      const AdamOptions&, std::byte* scratch, Stream);

namespace reference {
template <class T>
void adam_step(T* x, T* m, T* v, std::int32_t* steps, const T* g, const T* rate, std::int64_t n, const AdamOptions&,
               std::byte* scratch, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(AdamStep<float> adam_step;)
}
GRADUS_EACH_CUDA(AdamStep<float> adam_step;)

}  // namespace gradus::kernels
