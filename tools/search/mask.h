#pragma once
#include <optional>

#include "engine/tensor.h"
#include "tools/image/image.h"

namespace gradus {

/// A mask as values like `shape`, (1,P,Q,C): the mean brightness of the part of the mask that each place covers, 0..1,
/// the same for all channels.
Tensor mask_for(const Image& mask, const Shape& shape, DType dtype = DType::f32);

/// Where a picture is opaque, times a mask of its size if there is one: white where all of it counts. Nothing where
/// there is no mask and the picture has no transparent pixel.
std::optional<Image> opaque_part(const Image& picture, const std::optional<Image>& mask);

/// Reads a mask: white counts, black does not; transparent is black.
///
/// throws    what load_image does; and "sky.png: found a mask of 300x200, expected 512x384, the size of PHOTO", unless
///           both sides are 0, when any size will do
Image load_mask(const std::string& file, int width, int height, const std::string& of_what);

}  // namespace gradus
