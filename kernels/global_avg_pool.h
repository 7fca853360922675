#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// Into how many shares the CUDA kernel cuts the pixels of each picture, so that blocks of 32 channels fill a large GPU
/// with four each on 132 multiprocessors; no share is less than 512 pixels. It depends on nothing else, so every GPU
/// adds in the same order.
GRADUS_INLINE std::int64_t cuda_global_avg_pool_shares(std::int64_t N, std::int64_t pixels, std::int64_t C) {
    const std::int64_t blocks = N * ((C + 31) / 32), fill = blocks > 0 ? 4 * 132 / blocks : 1, most = pixels / 512;
    const std::int64_t shares = fill < most ? fill : most;
    return shares > 1 ? shares : 1;
}

/// y (N,C) = the mean of x (N,pixels,C) over the pixels. `scratch`, for CUDA kernels: a double per value of y and share
/// where there are several.
template <class T>
using GlobalAvgPool = void(Pixels<const T> x, Pixels<T> y, std::int64_t N, std::int64_t pixels, std::int64_t C,
                           std::byte* scratch, Stream);

/// dx (N,pixels,C) = dy (N,C) / pixels
template <class T>
using GlobalAvgPoolBackward = void(Pixels<const T> dy, Pixels<T> dx, std::int64_t N, std::int64_t pixels,
                                   std::int64_t C, Write, Stream);

namespace reference {
template <class T>
void global_avg_pool(Pixels<const T> x, Pixels<T> y, std::int64_t N, std::int64_t pixels, std::int64_t C,
                     std::byte* scratch, Stream);
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
