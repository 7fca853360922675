#pragma once
#include <zlib.h>

#include <string_view>
#include <vector>

#include "tests/fuzz/targets.h"
#include "tools/image/big_endian.h"

namespace gradus::fuzz {

/// The bytes, and of a PNG with the checksums that its chunks should have: a fuzzer would never find them.
inline std::vector<std::byte> repaired(Bytes bytes) {
    std::vector<std::byte> file(bytes.begin(), bytes.end());
    const std::string_view start(reinterpret_cast<const char*>(file.data()), file.size());
    if (!start.starts_with("\x89PNG\r\n\x1a\n")) return file;
    for (std::size_t at = 8; file.size() - at >= 12;) {
        const std::size_t size = big_endian(Bytes(file).subspan(at), 4);
        if (size > file.size() - at - 12) break;
        const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(file.data() + at + 4), size + 4);
        for (std::size_t i = 0; i < 4; ++i) file[at + 8 + size + i] = static_cast<std::byte>(sum >> (24 - 8 * i));
        at += 12 + size;
    }
    return file;
}

}  // namespace gradus::fuzz
