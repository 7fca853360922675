#pragma once
#include "engine/tensor.h"
#include "tools/image/image.h"

namespace gradus {

/// The colors of a picture as values (1, H, W, 3), 0..1, and back; back clips to that range. Transparency stays behind.
Tensor tensor_of(const Image& image);
Image image_of(const Tensor& picture);

}  // namespace gradus
