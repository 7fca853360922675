#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

/// How a file stores one number, little-endian: more types than the engine computes with.
enum class FileType { f64, f32, f16, bf16, i64, i32, i16, i8, u64, u32, u16, u8, boolean };

std::size_t size_of(FileType type);
/// The name safetensors gives it: "F32", "BF16"...
const char* to_string(FileType type);

/// One tensor of a weight file: where its values lie.
struct Entry {
    std::string name;
    FileType type = FileType::f32;
    std::vector<std::int64_t> shape;   // outermost first
    std::span<const std::byte> bytes;  // exactly the values; not necessarily aligned

    std::size_t count() const { return bytes.size() / size_of(type); }
};

/// What a reader found in a file's bytes. The entries point into those bytes, or into `unpacked` where a file scatters its
/// values.
struct Contents {
    std::vector<Entry> entries;  // in the order of the file
    std::map<std::string, std::string> metadata;
    std::vector<std::shared_ptr<const std::vector<float>>> unpacked;
};

/// The number of values of a shape that a file claims, or nothing where an extent is negative or the product is larger
/// than `most`. No overflow, whatever the extents.
inline bool count_of(std::span<const std::int64_t> shape, std::uint64_t most, std::uint64_t& count) {
    count = 1;
    bool zero = false;
    for (const auto extent : shape) {
        if (extent < 0) return false;
        zero = zero || extent == 0;
    }
    if (zero) {
        count = 0;
        return true;
    }
    for (const auto extent : shape) {
        if (static_cast<std::uint64_t>(extent) > most / count) return false;
        count *= static_cast<std::uint64_t>(extent);
    }
    return true;
}

}  // namespace gradus
