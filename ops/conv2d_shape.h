#pragma once
#include "engine/op.h"
#include "kernels/conv2d.h"
#include "ops/conv2d.h"

namespace gradus {

/// What the three ops of a convolution share: the attributes of each, since gradients have other inputs than the
/// forward op.
struct Conv2dAttrs {
    Conv2dOptions options = {};
    Shape x = {}, w = {};
};

/// The sizes of the convolution behind a problem of any of the three ops.
kernels::Conv2dShape conv2d_shape(const Conv2dAttrs& attrs);
inline kernels::Conv2dShape conv2d_shape(const Problem& p) { return conv2d_shape(p.as<Conv2dAttrs>()); }

/// 2 flops per product; bytes of the operands, each once.
Cost conv2d_cost(const Problem& p);

std::vector<Candidate> conv2d_candidates();
std::vector<Candidate> conv2d_input_grad_candidates();
std::vector<Candidate> conv2d_weight_grad_candidates();

/// The CUDA kernels.
std::vector<Candidate> conv2d_cuda_forward();
std::vector<Candidate> conv2d_cuda_input_grad();
std::vector<Candidate> conv2d_cuda_weight_grad();

/// cuDNN's; none where gradus is built without CUDA.
std::vector<Candidate> conv2d_cudnn_forward();
std::vector<Candidate> conv2d_cudnn_input_grad();
std::vector<Candidate> conv2d_cudnn_weight_grad();

/// What a candidate of oneDNN's takes: bf16 where it multiplies that by the processor's own instructions, or whatever
/// the library takes.
enum class OnednnTakes { native_bf16, all };

/// oneDNN's; none where gradus is built without it.
std::vector<Candidate> conv2d_onednn_forward(OnednnTakes);
std::vector<Candidate> conv2d_onednn_input_grad(OnednnTakes);

}  // namespace gradus
