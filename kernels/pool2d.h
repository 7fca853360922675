#pragma once
#include <cstdint>

namespace gradus::kernels {

/// The sizes of a pooling: x (N,H,W,C), y (N,P,Q,C), windows of R x S pixels. Window p starts at row p stride - pad and
/// holds at least one row of the picture; so do the columns.
struct Pool2dShape {
    std::int64_t N, H, W, C, P, Q, R, S;
    std::int64_t stride_h = 1, stride_w = 1, pad_h = 0, pad_w = 0;
};

}  // namespace gradus::kernels
