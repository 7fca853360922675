#include "tools/image/exif.h"

#include <optional>

namespace gradus {
namespace {

using Bytes = std::span<const std::byte>;

constexpr int orientation_tag = 0x0112, of_short = 3;

/// Numbers of a TIFF structure, in its own byte order. Outside of it, 0.
struct Tiff {
    Bytes bytes;
    bool little = !bytes.empty() && bytes[0] == std::byte{'I'};

    std::uint32_t number(std::uint64_t at, std::size_t n) const {
        if (at > bytes.size() || n > bytes.size() - at) return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < n; ++i)
            value = value << 8 | static_cast<std::uint32_t>(bytes[at + (little ? n - 1 - i : i)]);
        return value;
    }

    /// Where the entry of a tag begins in the first directory: tag, type, count, value.
    std::optional<std::uint64_t> entry(int tag) const {
        if (number(2, 2) != 42) return std::nullopt;
        const std::uint64_t directory = number(4, 4);
        const auto entries = number(directory, 2);
        for (std::uint64_t i = 0; i < entries; ++i)
            if (const auto at = directory + 2 + 12 * i; number(at, 2) == static_cast<std::uint32_t>(tag)) return at;
        return std::nullopt;
    }
    /// Where the orientation stands.
    std::optional<std::uint64_t> orientation() const {
        const auto at = entry(orientation_tag);
        if (!at || number(*at + 2, 2) != of_short || *at + 10 > bytes.size()) return std::nullopt;
        return *at + 8;
    }
};

}  // namespace

int exif_orientation(Bytes structure) {
    const Tiff tiff{structure};
    const auto at = tiff.orientation();
    const auto value = at ? tiff.number(*at, 2) : 1;
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

void set_upright(std::vector<std::byte>& structure) {
    const Tiff tiff{structure};
    const auto at = tiff.orientation();
    if (!at) return;
    structure[*at] = std::byte{static_cast<unsigned char>(tiff.little ? 1 : 0)};
    structure[*at + 1] = std::byte{static_cast<unsigned char>(tiff.little ? 0 : 1)};
}

std::uint32_t exif_number(Bytes structure, int tag) {
    const Tiff tiff{structure};
    const auto at = tiff.entry(tag);
    return at ? tiff.number(*at + 8, tiff.number(*at + 2, 2) == of_short ? 2 : 4) : 0;
}

Bytes exif_bytes(Bytes structure, int tag) {
    const Tiff tiff{structure};
    const auto at = tiff.entry(tag);
    if (!at) return {};
    const std::uint64_t count = tiff.number(*at + 4, 4), from = tiff.number(*at + 8, 4);
    if (count <= 4 || from > structure.size() || count > structure.size() - from) return {};
    return structure.subspan(from, count);
}

}  // namespace gradus
