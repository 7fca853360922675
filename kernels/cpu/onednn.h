#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "kernels/conv2d.h"

// Convolution by oneDNN (2.6 of Debian 12, and 3.x), on dense NHWC activations. Compiled where the library is found
// (GRADUS_ONEDNN). oneDNN runs on OpenMP's threads, as our own kernels do.
namespace gradus::kernels::cpu {

enum class OnednnPass { forward, input_grad };

struct OnednnConv2dOptions {
    OnednnPass pass = OnednnPass::forward;
    bool stored_in_bf16 = false;  // activations and their gradients; filters are then rounded to bf16 when packed
    bool bias = false;            // forward only
    bool relu = false;            // forward only
    Write write = Write::overwrite;
    int threads = 1;  // oneDNN cuts its work for a number of threads when it makes a kernel
};

/// A kernel that oneDNN made for one problem. Made once; several may share one scratch memory if they run in turn.
struct OnednnConv2d;

struct OnednnConv2dMade {
    std::shared_ptr<OnednnConv2d> kernel;  // or null,
    std::string why_not;                   // for this reason
};

/// Declines what oneDNN cannot do or would do by its slow reference loops ("ref:any").
OnednnConv2dMade onednn_conv2d(const Conv2dShape&, const OnednnConv2dOptions&);

/// Whether this oneDNN is 2.6 or newer: 2.2.4 (Ubuntu 22.04) gets some values of 5x5 filters wrong.
bool onednn_is_sound();

/// oneDNN's own name for the implementation it chose, such as "brgconv:avx512_core_bf16".
const std::string& onednn_implementation(const OnednnConv2d&);

/// Describes the order and type of the packed filters: equal descriptions mean equal bytes for equal filters.
std::string onednn_packed_form(const OnednnConv2d&);

/// Bytes of the packed filters.
std::size_t onednn_packed_bytes(const OnednnConv2d&);
std::size_t onednn_scratch_bytes(const OnednnConv2d&);

/// Writes w (K, C/groups, R, S), f32, in the order and type that the kernel reads. False if oneDNN failed.
bool onednn_pack(const OnednnConv2d&, const float* w, void* packed, Stream);

/// forward     first = x,   second = packed filters, out = y; bias (K) f32 or null
/// input_grad  first = dy,  second = packed filters, out = dx
/// Pointers to scratch and packed filters start on 64-byte boundaries. False if oneDNN failed.
bool onednn_run(const OnednnConv2d&, const void* first, const void* second, const float* bias, void* out,
                std::byte* scratch, Stream);

}  // namespace gradus::kernels::cpu
