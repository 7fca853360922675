#pragma once
// The description of a tensor that TMA reads: made on the host, passed as `const __grid_constant__ TensorMap`.
#include "kernels/cuda/ptx/arch.cuh"

#if !defined(GRADUS_CUDA_ON_CPU)
#include <cuda.h>

namespace gradus::kernels::GRADUS_CUDA {

using TensorMap = CUtensorMap;
enum class MapType { f32, tf32, bf16 };  // tf32: f32 in memory, rounded (to even) on the way in

/// A map of four dimensions, the innermost first; strides of dimensions 1 to 3 in bytes; for fewer, sizes of 1. The
/// base and the strides are multiples of 16, a box has at most 256 per dimension, and its rows are a multiple of 16
/// bytes and no longer than the swizzle's span (0, 32, 64 or 128). False where the driver refuses it.
inline bool make_tensor_map(TensorMap& map, MapType type, void* base, const std::uint64_t (&size)[4],
                            const std::uint64_t (&stride)[3], const std::uint32_t (&box)[4], int swizzle) {
    // Through the runtime: nothing is linked with libcuda.
    static const auto encode = [] {
        void* f = nullptr;
        cudaDriverEntryPointQueryResult found;
#if CUDART_VERSION >= 12050
        cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000, cudaEnableDefault, &found);
#else
        cudaGetDriverEntryPoint("cuTensorMapEncodeTiled", &f, cudaEnableDefault, &found);
#endif
        return reinterpret_cast<decltype(&cuTensorMapEncodeTiled)>(f);
    }();
    if (encode == nullptr) return false;
    const auto element = type == MapType::f32    ? CU_TENSOR_MAP_DATA_TYPE_FLOAT32
                         : type == MapType::tf32 ? CU_TENSOR_MAP_DATA_TYPE_TFLOAT32
                                                 : CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
    const auto mode = swizzle == 128  ? CU_TENSOR_MAP_SWIZZLE_128B
                      : swizzle == 64 ? CU_TENSOR_MAP_SWIZZLE_64B
                      : swizzle == 32 ? CU_TENSOR_MAP_SWIZZLE_32B
                                      : CU_TENSOR_MAP_SWIZZLE_NONE;
    const cuuint64_t sizes[4] = {size[0], size[1], size[2], size[3]}, strides[3] = {stride[0], stride[1], stride[2]};
    const cuuint32_t ones[4] = {1, 1, 1, 1};
    return encode(&map, element, 4, base, sizes, strides, box, ones, CU_TENSOR_MAP_INTERLEAVE_NONE, mode,
                  CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) == CUDA_SUCCESS;
}

}  // namespace gradus::kernels::GRADUS_CUDA
#endif
