#include "tools/image/icc.h"

#include <string_view>

namespace gradus {

bool is_icc_for(std::span<const std::byte> profile, int colors) {
    constexpr std::size_t header = 128;
    if (profile.size() < header) return false;
    const std::string_view text(reinterpret_cast<const char*>(profile.data()), header);
    return text.substr(36, 4) == "acsp" && text.substr(16, 4) == (colors == 1 ? "GRAY" : "RGB ");
}

}  // namespace gradus
