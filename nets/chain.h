#pragma once
#include <string_view>

#include "nets/table.h"

namespace gradus {

/// A classifier in the manner of VGG, a chain of convolutions, from one line of text:
///
///     48k5s2,64,P,128,128,P,256,256,P,384,384
///
/// 128 is a convolution with 128 filters of 3x3 and a ReLU, 256k1 one of 1x1, 48k5s2 one of 5x5 and stride 2; P halves
/// the picture by max pooling. The layers are named as VGG's: conv2_1 is the first after the first pool. At the end
/// come the mean over all pixels, so that any size of picture will do, and the class scores, "fc".
///
/// throws    "found "48k4" at item 1 ..., expected ..."; for more than 64 items, and none with filters
NetTable chain(std::string_view architecture, int classes, int size);

}  // namespace gradus
