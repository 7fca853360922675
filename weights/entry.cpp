#include "weights/entry.h"

#include <fmt/format.h>

#include <algorithm>

namespace gradus {

std::size_t size_of(FileType type) {
    switch (type) {
        case FileType::f64:
        case FileType::i64:
        case FileType::u64:
            return 8;
        case FileType::f32:
        case FileType::i32:
        case FileType::u32:
            return 4;
        case FileType::f16:
        case FileType::bf16:
        case FileType::i16:
        case FileType::u16:
            return 2;
        default:
            return 1;
    }
}

const char* to_string(FileType type) {
    constexpr const char* names[] = {"F64", "F32", "F16", "BF16", "I64", "I32", "I16",
                                     "I8",  "U64", "U32", "U16",  "U8",  "BOOL"};
    return names[static_cast<int>(type)];
}

std::optional<std::uint64_t> count_of(std::span<const std::int64_t> shape) {
    constexpr std::int64_t most = std::int64_t{1} << 60;
    if (shape.size() > 8) return std::nullopt;
    std::int64_t product = 1;
    for (const auto extent : shape) {
        if (extent < 0 || extent > most / product) return std::nullopt;
        product *= std::max<std::int64_t>(extent, 1);
    }
    return std::ranges::find(shape, 0) != shape.end() ? 0 : static_cast<std::uint64_t>(product);
}

std::string shape_text(std::span<const std::int64_t> shape) {
    std::string text = "(";
    for (std::size_t i = 0; i < shape.size(); ++i) text += fmt::format("{}{}", i > 0 ? ", " : "", shape[i]);
    return text + ")";
}

}  // namespace gradus
