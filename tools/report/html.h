#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace gradus {

/// Text from anywhere, fit to stand between tags and inside of quotes, and shown as it is: & < > " ' are escaped; what
/// is no UTF-8, and control characters other than tab and line feed, become U+FFFD.
std::string escaped(std::string_view text);

/// Four letters of A-Z a-z 0-9 + / for three bytes, padded with '='.
///
/// paper     RFC 4648, section 4
std::string base64(std::span<const std::byte> bytes);

}  // namespace gradus
