#pragma once
#include <string>
#include <string_view>

namespace gradus {

/// The text in double quotes, fit for a message on a terminal: names come from files that may be hostile, so
/// control characters become '?', and what is longer than 80 bytes is cut and ends in "...".
std::string in_quotes(std::string_view text);

}  // namespace gradus
