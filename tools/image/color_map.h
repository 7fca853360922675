#pragma once
#include <array>

namespace gradus {

/// The color of a number 0..1, from dark violet over green to yellow: equal steps look equal, lightness grows all the
/// way, and who sees no red or no green can still read it. Numbers outside are clipped, NaN is the darkest.
///
/// units     RGB 0..1
/// paper     Smith & van der Walt 2015, A better default colormap for matplotlib (viridis)
std::array<float, 3> viridis(float value);

}  // namespace gradus
