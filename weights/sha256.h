#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace gradus {

/// The SHA-256 of the bytes as 64 lower-case hexadecimal digits. It names weight files and pictures in
/// recipes.
///
/// cost      about 1.5 GB/s with the SHA instructions of x86 (used where the machine has them), 0.3 GB/s
/// without paper     NIST 2015, FIPS 180-4, Secure Hash Standard
std::string sha256(std::span<const std::byte> bytes);

namespace detail {
/// The same in plain C++, for machines without those instructions; the tests compare both.
std::string sha256_plain(std::span<const std::byte> bytes);
}  // namespace detail

}  // namespace gradus
