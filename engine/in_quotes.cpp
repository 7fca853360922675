#include "engine/in_quotes.h"

#include <algorithm>

namespace gradus {

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 80;
    std::string out = "\"";
    std::size_t end = std::min(text.size(), longest);
    // Never cut through a UTF-8 character: its following bytes are 10xxxxxx.
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
    for (const char c : text.substr(0, end)) {
        const auto u = static_cast<unsigned char>(c);
        out += u < 0x20 || u == 0x7f ? '?' : c;
    }
    return out + (end < text.size() ? "...\"" : "\"");
}

}  // namespace gradus
