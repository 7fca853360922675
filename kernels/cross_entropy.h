#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// loss (1) = the mean over the rows of log(the sum of exp(x)) - (1 - smoothing) x[label] - smoothing mean(x); NaN
/// where a label is none of 0 ... classes - 1. T is f32 or f64. `scratch`: one double per row, on a GPU.
template <class T>
using CrossEntropy = void(Pixels<const T> x, const std::int32_t* labels, T* loss, std::int64_t rows,
                          std::int64_t classes, double smoothing, std::byte* scratch, Stream);

/// dx = d (softmax(x) - (1 - smoothing at the label) - smoothing / classes) / rows, d (1) the gradient of the loss; a
/// row without a right label becomes NaN.
template <class T>
using CrossEntropyBackward = void(Pixels<const T> x, const std::int32_t* labels, const T* d, Pixels<T> dx,
                                  std::int64_t rows, std::int64_t classes, double smoothing, Write, Stream);

namespace reference {
template <class T>
void cross_entropy(Pixels<const T> x, const std::int32_t* labels, T* loss, std::int64_t rows, std::int64_t classes,
                   double smoothing, std::byte* scratch, Stream);
template <class T>
void cross_entropy_backward(Pixels<const T> x, const std::int32_t* labels, const T* d, Pixels<T> dx, std::int64_t rows,
                            std::int64_t classes, double smoothing, Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(CrossEntropy<float> cross_entropy; CrossEntropyBackward<float> cross_entropy_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(CrossEntropy<float> cross_entropy; CrossEntropyBackward<float> cross_entropy_backward;)

}  // namespace gradus::kernels
