#pragma once
// Dense tensors as runs of values: a thread takes four that lie on 16 bytes, and the last one what is left.
//
//     for (auto i = 4 * first_element(); i < n; i += 4 * grid_stride()) ... load_four<aligned>(x, i, n)
#include <cstdint>

#include "kernels/cuda/grid.cuh"
#include "kernels/cuda/vector.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

using Four = Values<float, 4>;

/// The values i..i+3 of n; 0 where there is none.
template <bool aligned>
__device__ __forceinline__ Four load_four(const float* from, std::int64_t i, std::int64_t n) {
    if constexpr (aligned)
        if (i + 4 <= n) return load<4>(from + i);
    Four v = {};
#pragma unroll
    for (int k = 0; k < 4; ++k)
        if (i + k < n) v.at[k] = from[i + k];
    return v;
}

template <bool aligned>
__device__ __forceinline__ void store_four(float* to, const Four& v, std::int64_t i, std::int64_t n) {
    if constexpr (aligned)
        if (i + 4 <= n) return store<4>(to + i, v);
#pragma unroll
    for (int k = 0; k < 4; ++k)
        if (i + k < n) to[i + k] = v.at[k];
}

/// Blocks for n values, four per thread and turn.
inline unsigned blocks_of_fours(std::int64_t n) { return blocks_for((n + 3) / 4); }

/// Calls with<aligned>(): whether all of these tensors begin on 16 bytes.
template <class F, class... Tensors>
void with_alignment(const F& with, const Tensors*... tensors) {
    if (((reinterpret_cast<std::uintptr_t>(tensors) % 16 == 0) && ...))
        with.template operator()<true>();
    else
        with.template operator()<false>();
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
