#pragma once
#include "ops/resize.h"
#include "tools/image/image.h"

namespace gradus {

/// The picture at another size, without its transparency. Values are not clipped: a difference of pictures will do,
/// too.
Image resized(const Image& picture, int height, int width, ResizeKind kind, int threads);

/// The same for a picture that is laid side by side with itself: past an edge lies the opposite one.
/// Bilinear.
Image resized_tile(const Image& picture, int height, int width, int threads);

/// A photograph with its longer side at `size` pixels, by Lanczos, clipped to 0..1; and how large that is.
Image with_longer_side(const Image& picture, int size, int threads);
struct PictureSize {
    int height = 0, width = 0;
};
PictureSize size_with_longer_side(const Image& picture, int size);

}  // namespace gradus
