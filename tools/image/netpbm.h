#pragma once
#include "tools/image/image.h"

namespace gradus {

/// Reads PPM and PGM, binary (P6, P5) and plain (P3, P2), with any greatest value up to 65535.
Image decode_netpbm(std::span<const std::byte> bytes, const std::string& name);

}  // namespace gradus
