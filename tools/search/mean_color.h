#pragma once
#include <array>

#include "nets/net.h"

namespace gradus {

/// The mean color that the net subtracts, as red, green and blue in 0..1; gray where it has none.
std::array<float, 3> mean_color(const Net& net);

}  // namespace gradus
