#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace gradus {

/// Larger color profiles are left behind: those of pictures in RGB or gray are a few kilobytes, seldom some hundred.
constexpr std::size_t most_icc = std::size_t{4} << 20;

/// Whether this is a color profile for pictures of so many channels: 1, gray, or 3, RGB.
bool is_icc_for(std::span<const std::byte> profile, int colors);

}  // namespace gradus
