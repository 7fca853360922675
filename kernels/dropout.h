#pragma once
#include "kernels/pixels.h"
#include "kernels/random.h"

namespace gradus::kernels {

/// An element stays where the number u that random_uniform would draw for it is u < keep.
struct Dropping {
    RandomDraw draw = {};
    std::uint32_t below = 0;  // the same in whole numbers: the upper 24 bits of a word are below keep 2^24, rounded up
    double keep = 1;
};

/// y = x / keep where the element stays, else 0; x (items, size). y may be x itself. It is its own backward pass, of
/// dy.
template <class T>
using Dropout = void(const T* x, const std::int32_t* step, T* y, const Dropping&, Write, Stream);

namespace reference {
template <class T>
void dropout(const T* x, const std::int32_t* step, T* y, const Dropping&, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(             //
    Dropout<float> dropout;  //
    Dropout<bf16> dropout;)
}  // namespace cpu

GRADUS_EACH_CUDA(Dropout<float> dropout; Dropout<bf16> dropout;)

}  // namespace gradus::kernels
