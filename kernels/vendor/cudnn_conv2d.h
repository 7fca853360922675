#pragma once
#include <compare>
#include <cstddef>
#include <memory>
#include <string>

#include "kernels/conv2d.h"
#include "kernels/vendor/libraries.h"

// Convolution by cuDNN, on dense NHWC activations in f32 or bf16; filters are (K, R, S, C/groups) in the type of the
// activations (conv2d_krsc.cu). Nothing here allocates device memory or waits.
namespace gradus::kernels::vendor {

enum class CudnnPass { forward, input_grad, weight_grad };

struct CudnnConv2dOptions {
    CudnnPass pass = CudnnPass::forward;
    bool in_bf16 = false;
    bool tf32 = false;  // f32: factors may be rounded to 10 bits of mantissa

    auto operator<=>(const CudnnConv2dOptions&) const = default;
};

/// The descriptors of one problem and the algorithm chosen for it.
struct CudnnConv2d;

struct CudnnConv2dMade {
    std::shared_ptr<const CudnnConv2d> kernel;  // or null,
    std::string why_not;                        // for this reason
};

/// The first algorithm in the order of cuDNN's own estimate that gives the same bytes at every run and needs no more
/// than 1 GiB of scratch memory.
CudnnConv2dMade cudnn_conv2d(const Cudnn&, CudnnHandle, const Conv2dShape&, const CudnnConv2dOptions&);

/// The same on this machine's cuDNN, made once per stream and problem.
CudnnConv2dMade cudnn_conv2d(void* stream, const Conv2dShape&, const CudnnConv2dOptions&);

std::size_t cudnn_scratch_bytes(const CudnnConv2d&);

/// forward      first = x,  second = filters, out = y
/// input_grad   first = dy, second = filters, out = dx
/// weight_grad  first = x,  second = dy,      out = dw, as filters
/// Null, or what cuDNN says went wrong. `scratch` starts on a 64-byte boundary.
const char* cudnn_run(const CudnnConv2d&, const void* first, const void* second, void* out, Write, std::byte* scratch);

/// Forward with a bias in the type of the activations, and a ReLU if asked for, in one pass that overwrites y. cuDNN
/// does not have that for every problem; where it says so nothing was queued.
const char* cudnn_run_fused(const CudnnConv2d&, const void* x, const void* w, const void* bias, bool relu, void* y,
                            std::byte* scratch);

}  // namespace gradus::kernels::vendor
