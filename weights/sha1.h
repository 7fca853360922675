#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace gradus {

/// The SHA-1 of the bytes as 40 lower-case hexadecimal digits: what some authors published of their files years ago. It
/// shows damage; against somebody who means it, it proves nothing.
///
/// cost      about 0.5 GB/s
/// paper     NIST 2015, FIPS 180-4, Secure Hash Standard
std::string sha1(std::span<const std::byte> bytes);

}  // namespace gradus
