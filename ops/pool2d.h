#pragma once
#include <string_view>

#include "engine/shape.h"
#include "kernels/pool2d.h"
#include "ops/extent.h"

namespace gradus {

/// The windows of max_pool2d and avg_pool2d.
struct Pool2dOptions {
    Extent size = 2, stride = 2, pad = 0;
    /// Rounds the number of windows up, as Caffe does, so that the last one may hang over the edge; it must start
    /// inside the picture or its padding before it. Else down, as PyTorch does.
    bool ceil = false;
};

/// How many windows there are, and all that kernels need to know about them.
///
/// shapes    x (N,H,W,C) -> (N,P,Q,C), P = (H + 2 pad - size)/stride + 1, rounded as the options say
/// throws    when x is not 4-dimensional, the size or stride is not positive, the padding is as large as the window, or
/// the
///           window larger than the padded picture; `who` begins the message
kernels::Pool2dShape pool2d_shape(std::string_view who, const Shape& x, const Pool2dOptions& options);

}  // namespace gradus
