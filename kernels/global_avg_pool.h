#pragma once
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// y (N,C) = the mean of x (N,pixels,C) over the pixels
template <class T>
using GlobalAvgPool = void(Pixels<const T> x, Pixels<T> y, std::int64_t N, std::int64_t pixels, std::int64_t C, Stream);

/// dx (N,pixels,C) = dy (N,C) / pixels
template <class T>
using GlobalAvgPoolBackward = void(Pixels<const T> dy, Pixels<T> dx, std::int64_t N, std::int64_t pixels,
                                   std::int64_t C, Write, Stream);

namespace reference {
template <class T>
void global_avg_pool(Pixels<const T> x, Pixels<T> y, std::int64_t N, std::int64_t pixels, std::int64_t C, Stream);
template <class T>
void global_avg_pool_backward(Pixels<const T> dy, Pixels<T> dx, std::int64_t N, std::int64_t pixels, std::int64_t C,
                              Write, Stream);
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(                                            //
    GlobalAvgPool<float> global_avg_pool;                   //
    GlobalAvgPool<bf16> global_avg_pool;                    //
    GlobalAvgPoolBackward<float> global_avg_pool_backward;  //
    GlobalAvgPoolBackward<bf16> global_avg_pool_backward;)
}  // namespace cpu

GRADUS_EACH_CUDA(GlobalAvgPool<float> global_avg_pool; GlobalAvgPool<bf16> global_avg_pool;
                 GlobalAvgPoolBackward<float> global_avg_pool_backward;
                 GlobalAvgPoolBackward<bf16> global_avg_pool_backward;)

}  // namespace gradus::kernels
