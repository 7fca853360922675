#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
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
};

/// What a reader found in a file's bytes. The entries point into those bytes, or into `gathered` where a file scatters
/// a tensor's values.
struct Contents {
    std::vector<Entry> entries;  // in the order of the file
    std::map<std::string, std::string> metadata;
    std::vector<std::vector<std::byte>> gathered;
};

/// The number of values of a shape that a file claims. Nothing where it has more than 8 extents, one of them is
/// negative, or their product (zeros left out) goes beyond 2^60: whoever multiplies them later cannot overflow.
std::optional<std::uint64_t> count_of(std::span<const std::int64_t> shape);

/// "(64, 3, 7, 7)"
std::string shape_text(std::span<const std::int64_t> shape);

/// More tensors than any network has.
inline constexpr std::size_t most_tensors = 100'000;

/// The same for a file of so many bytes. A reader keeps up to a kilobyte for each tensor: a file with more is refused,
/// so that a small one cannot take much memory.
constexpr std::size_t most_tensors_in(std::size_t bytes) { return std::min(most_tensors, 1000 + bytes / 1000); }

}  // namespace gradus
