#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y[i] = the row j of guide (rows, channels) for which x[i] . guide[j] is largest; the first of equals.
template <class T>
using BestMatch = void(Pixels<const T> x, Pixels<const T> guide, Pixels<T> y, std::int64_t pixels, std::int64_t rows,
                       std::int64_t channels, Stream);

namespace reference {
template <class T>
void best_match(Pixels<const T> x, Pixels<const T> guide, Pixels<T> y, std::int64_t pixels, std::int64_t rows,
                std::int64_t channels, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(BestMatch<float> best_match; BestMatch<bf16> best_match;)
}
GRADUS_EACH_CUDA(BestMatch<float> best_match; BestMatch<bf16> best_match;)

}  // namespace gradus::kernels
