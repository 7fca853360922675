#pragma once
#include <cstddef>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/pixels.h"

namespace gradus::kernels {

/// The sizes of a convolution: x (N,H,W,C), w (K, C/groups, R, S), y (N,P,Q,K).
struct Conv2dShape {
    std::int64_t N, H, W, C, K, R, S, P, Q;
    std::int64_t stride_h = 1, stride_w = 1, pad_h = 0, pad_w = 0, dilation_h = 1, dilation_w = 1, groups = 1;
};

/// What a convolution does to its result before it writes it, so that no other pass over memory is needed.
template <class T>
struct Epilogue {
    bool relu = false;          // y = max(y, 0)
    Pixels<const T> mask = {};  // where given (same sizes as the output): the result is 0 where mask <= 0
};

/// y = w * x + bias. `w` is what the kernel's own packing made of the filters; `bias` (K) may be null. With
/// Write::accumulate the result is added to y, and the epilogue acts on the sum. `scratch` starts on a
/// 64-byte boundary.
template <class T>
using Conv2d = void(Pixels<const T> x, const void* w, const Weight<T>* bias, Pixels<T> y, const Conv2dShape&,
                    const Epilogue<T>&, Write, std::byte* scratch, Stream);

/// dx = w^T * dy, the gradient with respect to the input. The epilogue acts on dx. The shape is that of the
/// convolution.
template <class T>
using Conv2dInputGrad = void(Pixels<const T> dy, const void* w, Pixels<T> dx, const Conv2dShape&, const Epilogue<T>&,
                             Write, std::byte* scratch, Stream);

/// dw (K, C/groups, R, S) = the sum over all pixels of dy x.
template <class T>
using Conv2dWeightGrad = void(Pixels<const T> x, Pixels<const T> dy, Weight<T>* dw, const Conv2dShape&, Write,
                              std::byte* scratch, Stream);

/// Why a kernel does not serve a convolution, or null where it does.
using Conv2dDeclines = const char*(const Conv2dShape&);
/// The size of what a kernel's packing makes of the filters, in bytes.
using Conv2dPackedBytes = std::size_t(const Conv2dShape&);
/// Writes the filters w (K, C/groups, R, S) in the form that the kernel reads. `packed` starts on a 64-byte
/// boundary.
using Conv2dPack = void(const float* w, void* packed, const Conv2dShape&, Stream);
/// The other way: writes or adds (K, R, S, C/groups) to a gradient dw (K, C/groups, R, S).
template <class T>
using Conv2dUnpack = void(const T* packed, float* dw, const Conv2dShape&, Write, Stream);
/// The scratch memory that a kernel needs on so many threads, in bytes.
using Conv2dScratchBytes = std::size_t(const Conv2dShape&, int threads);

namespace reference {  // plain loops, sums in double; w as it is, (K, C/groups, R, S); no scratch
template <class T>
void conv2d(Pixels<const T> x, const void* w, const Weight<T>* bias, Pixels<T> y, const Conv2dShape&,
            const Epilogue<T>&, Write, std::byte* scratch, Stream);
template <class T>
void conv2d_input_grad(Pixels<const T> dy, const void* w, Pixels<T> dx, const Conv2dShape&, const Epilogue<T>&, Write,
                       std::byte* scratch, Stream);
template <class T>
void conv2d_weight_grad(Pixels<const T> x, Pixels<const T> dy, Weight<T>* dw, const Conv2dShape&, Write,
                        std::byte* scratch, Stream);
}  // namespace reference

namespace cpu {

Conv2dDeclines conv2d_winograd_declines;              // 3x3 or 5x5, stride 1, no groups, enough tiles
Conv2dDeclines conv2d_winograd_input_grad_declines;   // and 8 channels or more
Conv2dDeclines conv2d_winograd_weight_grad_declines;  // and 8 channels or more on both sides
Conv2dDeclines conv2d_direct_declines;                // serves every convolution
Conv2dDeclines conv2d_direct_input_grad_declines;     // stride 1, and 8 channels or more
Conv2dDeclines conv2d_col2im_input_grad_declines;     // serves every convolution

/// Kernels with AVX-512's bf16 products leave 3x3 filters to Winograd in f32 where its fewer products count for more.
Conv2dDeclines conv2d_bf16_products_decline;
Conv2dDeclines conv2d_bf16_products_input_grad_decline;

// A kernel, its packing and its sizes; all four depend on the instruction set.
#define GRADUS_CONV2D_KERNEL(Signature, name) \
    Signature<float> name;                    \
    Signature<bf16> name;                     \
    Conv2dPack name##_pack;                   \
    Conv2dPackedBytes name##_packed_bytes;    \
    Conv2dScratchBytes name##_scratch_bytes;

// All of them read and write f32 or bf16 and compute in f32.
// winograd: F(4x4,3x3) and F(2x2,5x5), 36 products [tiles x C] [C x K].
// direct: one product [pixels x RSC] [RSC x K] per group; the left side is gathered block by block, for 1x1 read in
// place. col2im: one product [pixels of dy x K] [K x RSC] per group, whose columns are added onto dx.
GRADUS_EACH_ISA(GRADUS_CONV2D_KERNEL(Conv2d, conv2d_winograd)                      //
                GRADUS_CONV2D_KERNEL(Conv2dInputGrad, conv2d_winograd_input_grad)  //
                GRADUS_CONV2D_KERNEL(Conv2d, conv2d_direct)                        //
                GRADUS_CONV2D_KERNEL(Conv2dInputGrad, conv2d_direct_input_grad)    //
                GRADUS_CONV2D_KERNEL(Conv2dInputGrad, conv2d_col2im_input_grad)    //
                Conv2dScratchBytes conv2d_winograd_weight_grad_scratch_bytes;      //
                Conv2dWeightGrad<float> conv2d_winograd_weight_grad;               //
                Conv2dWeightGrad<bf16> conv2d_winograd_weight_grad;                //
                Conv2dScratchBytes conv2d_weight_grad_scratch_bytes;               //
                Conv2dWeightGrad<float> conv2d_weight_grad;                        //
                Conv2dWeightGrad<bf16> conv2d_weight_grad;)
#undef GRADUS_CONV2D_KERNEL

}  // namespace cpu

#define GRADUS_CONV2D_TYPES(Signature, name) \
    Signature<float> name;                   \
    Signature<bf16> name;
// f32 and bf16 too, sums in f32; all pointers are the device's, those of the packing as well. Several kernels share a
// packing, the filters as the right side of a matrix product: conv2d_pack or conv2d_pack_input_grad.
// tiled: one product [pixels x RSC] [RSC x K], its left side gathered tile by tile. few_channels: all filters in shared
// memory. gather: each dx gathers from the dy that saw it. plain: a thread per value; reads w as it is, (K, C/groups,
// R, S).
GRADUS_EACH_CUDA(GRADUS_CONV2D_TYPES(Conv2d, conv2d_tiled)                        //
                 GRADUS_CONV2D_TYPES(Conv2d, conv2d_few_channels)                 //
                 GRADUS_CONV2D_TYPES(Conv2d, conv2d_plain)                        //
                 GRADUS_CONV2D_TYPES(Conv2dInputGrad, conv2d_tiled_input_grad)    //
                 GRADUS_CONV2D_TYPES(Conv2dInputGrad, conv2d_gather_input_grad)   //
                 GRADUS_CONV2D_TYPES(Conv2dInputGrad, conv2d_plain_input_grad)    //
                 GRADUS_CONV2D_TYPES(Conv2dWeightGrad, conv2d_tiled_weight_grad)  //
                 GRADUS_CONV2D_TYPES(Conv2dWeightGrad, conv2d_plain_weight_grad)  //
                 Conv2dDeclines conv2d_tiled_declines;                            // no groups
                 Conv2dDeclines conv2d_few_channels_declines;                     // up to 4, no groups
                 Conv2dDeclines conv2d_tiled_input_grad_declines;                 // stride 1, no groups
                 Conv2dDeclines conv2d_gather_input_grad_declines;                // strides or few, no groups
                 Conv2dDeclines conv2d_tiled_weight_grad_declines;                // no groups
                 Conv2dScratchBytes conv2d_tiled_scratch_bytes;                   //
                 Conv2dScratchBytes conv2d_tiled_input_grad_scratch_bytes;        //
                 Conv2dScratchBytes conv2d_tiled_weight_grad_scratch_bytes;       //
                 Conv2dPack conv2d_pack;                                          //
                 Conv2dPack conv2d_pack_input_grad;                               //
                 Conv2dPackedBytes conv2d_pack_bytes;                             //
                 Conv2dPackedBytes conv2d_pack_input_grad_bytes;                  //
                 Conv2dPack conv2d_krsc_pack;                                     // (K, R, S, C/groups), dense, f32
                 Conv2dPack conv2d_krsc_pack_bf16;                                // and bf16: for cuDNN
                 Conv2dUnpack<float> conv2d_krsc_unpack;                          //
                 Conv2dUnpack<bf16> conv2d_krsc_unpack;)
#undef GRADUS_CONV2D_TYPES

// On tensor cores, from compute capability 8.0 on. tf32: f32 whose factors are rounded to 10 bits of mantissa. bf16:
// the filters too. Each packs the filters for itself, as [columns][depth]. Products and sums as conv2d_tiled.
#define GRADUS_CONV2D_MMA(Signature, T, name) \
    Signature<T> name;                        \
    Conv2dDeclines name##_declines;           \
    Conv2dPack name##_pack;                   \
    Conv2dPackedBytes name##_pack_bytes;      \
    Conv2dScratchBytes name##_scratch_bytes;
GRADUS_EACH_CUDA(GRADUS_CONV2D_MMA(Conv2d, float, conv2d_mma_tf32)                      // C in fours, no groups
                 GRADUS_CONV2D_MMA(Conv2d, bf16, conv2d_mma_bf16)                       // C in eights, no groups
                 GRADUS_CONV2D_MMA(Conv2dInputGrad, float, conv2d_mma_tf32_input_grad)  // K in fours, stride 1
                 GRADUS_CONV2D_MMA(Conv2dInputGrad, bf16, conv2d_mma_bf16_input_grad))  // K in eights, stride 1
#undef GRADUS_CONV2D_MMA
// The same by TMA and wgmma, on GPUs of compute capability 9.0 only. Reads what conv2d_mma_bf16 packs, and leaves
// slices that do not start on 16 bytes to it.
GRADUS_EACH_CUDA(Conv2d<bf16> conv2d_wgmma; Conv2dDeclines conv2d_wgmma_declines;  // stride 1, from 64 channels on
                 Conv2dScratchBytes conv2d_wgmma_scratch_bytes; Conv2dInputGrad<bf16> conv2d_wgmma_input_grad;
                 Conv2dDeclines conv2d_wgmma_input_grad_declines;
                 Conv2dScratchBytes conv2d_wgmma_input_grad_scratch_bytes;)

}  // namespace gradus::kernels
