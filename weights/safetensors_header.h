#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weights/entry.h"

namespace gradus {

/// What the header says of a tensor.
struct SafetensorsClaim {
    std::string name;
    std::optional<FileType> type;
    std::optional<std::vector<std::int64_t>> shape;
    std::optional<std::vector<std::uint64_t>> offsets;  // begin and end, from the end of the header
};

/// The JSON at the beginning of a safetensors file, as it is claimed: not yet held against the values.
struct SafetensorsHeader {
    std::vector<SafetensorsClaim> claims;  // in the order of the file; each has all its fields, and a name of its own
    std::map<std::string, std::string> metadata;
};

/// Reads it. The memory taken is at most as much as the text's, and a kilobyte for each of `most` tensors.
///
/// throws    for what is no JSON or JSON of another form, dtypes that do not exist, names given twice, more tensors
/// than
///           that, texts of more than a megabyte. `file` begins each sentence.
SafetensorsHeader read_safetensors_header(std::string_view text, const std::string& file, std::size_t most);

}  // namespace gradus
