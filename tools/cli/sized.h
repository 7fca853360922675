#pragma once
#include "tools/image/image.h"

namespace gradus {

/// The picture with its longer side at `size`, without its transparency; as it is for 0.
Image sized(const Image& photo, int size, int threads);

}  // namespace gradus
