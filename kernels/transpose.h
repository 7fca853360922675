#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// The sizes of a transpose: `batch` matrices, x (batch,R,C) and y (batch,C,R).
struct TransposeShape {
    std::int64_t batch, R, C;
};

/// y(b,c,r) = x(b,r,c), or added to what y holds. The pixels of x are its rows, those of y its columns.
template <class T>
using Transpose = void(Pixels<const T> x, Pixels<T> y, const TransposeShape&, Write, Stream);

namespace reference {
template <class T>
void transpose(Pixels<const T> x, Pixels<T> y, const TransposeShape&, Write, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(Transpose<float> transpose; Transpose<bf16> transpose;)
}
GRADUS_EACH_CUDA(Transpose<float> transpose; Transpose<bf16> transpose;)

}  // namespace gradus::kernels
