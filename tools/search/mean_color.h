#pragma once
#include <array>

#include "nets/net.h"

namespace gradus {

/// The mean color that the net subtracts, as red, green and blue in 0..1; of a net that subtracts a whole picture, the
/// mean of that; of one that sees gray, the same for all three; 0.5 where it subtracts nothing.
std::array<float, 3> mean_color(const Net& net);

}  // namespace gradus
