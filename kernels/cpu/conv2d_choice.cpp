// Which convolutions each kernel serves: the same for every instruction set, so compiled once.
#include "kernels/conv2d.h"

namespace gradus::kernels::cpu {
namespace {

// Below this the input gradient's vectors run along taps and channels together instead (col2im).
constexpr std::int64_t few_channels = 8;

}  // namespace

const char* conv2d_winograd_declines(const Conv2dShape& z) {
    if (z.R != z.S || (z.R != 3 && z.R != 5)) return "serves filters of 3x3 and 5x5 only";
    if (z.stride_h != 1 || z.stride_w != 1) return "serves stride 1 only";
    if (z.dilation_h != 1 || z.dilation_w != 1) return "serves no dilation";
    if (z.groups != 1) return "serves no groups";
    return nullptr;
}

const char* conv2d_winograd_input_grad_declines(const Conv2dShape& z) {
    if (z.C < few_channels) return "most of a vector would be empty with so few channels";
    return conv2d_winograd_declines(z);
}

const char* conv2d_direct_declines(const Conv2dShape&) { return nullptr; }

const char* conv2d_direct_input_grad_declines(const Conv2dShape& z) {
    if (z.stride_h != 1 || z.stride_w != 1) return "serves stride 1 only";
    if (z.C < few_channels) return "most of a vector would be empty with so few channels";
    return nullptr;
}

const char* conv2d_col2im_input_grad_declines(const Conv2dShape&) { return nullptr; }

}  // namespace gradus::kernels::cpu
