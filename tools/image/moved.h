#pragma once
#include "tools/image/image.h"

namespace gradus {

/// How a picture moves from one frame of a video to the next: magnified and turned counterclockwise about its center,
/// then shifted.
///
/// units     pixels to the right and down
struct Motion {
    float zoom = 1, degrees = 0;
    float right = 0, down = 0;
};

/// What lies beyond an edge: the picture's mirror image, or what lies at the opposite edge.
enum class Beyond { mirrored, repeated };

/// The picture, moved, bilinear between its pixels; at the same size, without its transparency.
Image moved(const Image& picture, const Motion& motion, Beyond beyond, int threads);

}  // namespace gradus
