// Which convolutions each kernel serves: the same for every instruction set, so compiled once.
#include "kernels/conv2d.h"
#include "kernels/cpu/isa.h"

namespace gradus::kernels::cpu {
namespace {

// Below this the input gradient's vectors run along taps and channels together instead (col2im).
constexpr std::int64_t few_channels = 8;

// Winograd's filters are four times (3x3) or nearly one and a half times (5x5) as large as they were: with fewer tiles
// than this (7x7 pixels of one picture) reading them takes longer than the products.
constexpr std::int64_t few_tiles = 8;

std::int64_t tiles(const Conv2dShape& z, std::int64_t height, std::int64_t width) {
    const std::int64_t side = 7 - z.R;  // of a tile of outputs
    return z.N * ((height + side - 1) / side) * ((width + side - 1) / side);
}

const char* winograd_declines(const Conv2dShape& z, std::int64_t height, std::int64_t width) {
    if (z.R != z.S || (z.R != 3 && z.R != 5)) return "serves filters of 3x3 and 5x5 only";
    if (z.stride_h != 1 || z.stride_w != 1) return "serves stride 1 only";
    if (z.dilation_h != 1 || z.dilation_w != 1) return "serves no dilation";
    if (z.groups != 1) return "serves no groups";
    if (tiles(z, height, width) < few_tiles) return "too few tiles for its larger filters";
    return nullptr;
}

// AVX-512's bf16 products are twice as fast as f32's, Winograd needs a quarter of them. It loses again where reading
// its filters, four times as large and in f32, takes long beside the products, or its transforms do.
const char* bf16_products_decline(const Conv2dShape& z, std::int64_t height, std::int64_t width) {
    const bool winograd_serves = z.R == 3 && !winograd_declines(z, height, width) && isa() == Isa::avx512;
    if (!winograd_serves || z.C < 32 || z.K < 32 || tiles(z, height, width) < 32) return nullptr;
    return "without AMX, Winograd is faster: a quarter of the products";
}

}  // namespace

const char* conv2d_winograd_declines(const Conv2dShape& z) { return winograd_declines(z, z.P, z.Q); }

const char* conv2d_winograd_input_grad_declines(const Conv2dShape& z) {
    if (z.C < few_channels) return "most of a vector would be empty with so few channels";
    return winograd_declines(z, z.H, z.W);
}

const char* conv2d_winograd_weight_grad_declines(const Conv2dShape& z) {
    if (z.C < few_channels || z.K < few_channels) return "most of a vector would be empty with so few channels";
    return winograd_declines(z, z.P, z.Q);
}

const char* conv2d_bf16_products_decline(const Conv2dShape& z) { return bf16_products_decline(z, z.P, z.Q); }

const char* conv2d_bf16_products_input_grad_decline(const Conv2dShape& z) { return bf16_products_decline(z, z.H, z.W); }

const char* conv2d_direct_declines(const Conv2dShape&) { return nullptr; }

const char* conv2d_direct_input_grad_declines(const Conv2dShape& z) {
    if (z.stride_h != 1 || z.stride_w != 1) return "serves stride 1 only";
    if (z.C < few_channels) return "most of a vector would be empty with so few channels";
    return nullptr;
}

const char* conv2d_col2im_input_grad_declines(const Conv2dShape&) { return nullptr; }

}  // namespace gradus::kernels::cpu
