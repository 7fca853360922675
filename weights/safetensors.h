#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "weights/entry.h"

namespace gradus {

class WeightFile;

/// Reads the header of a safetensors file: 8 bytes of length, that much JSON, then the values. The bytes may come from
/// anybody: whatever they are, the result is right or an Error, and the memory taken is a small part of the file's
/// size.
///
/// throws    "x.safetensors: the header claims N bytes, ..."; for JSON of another form, dtypes that do not exist,
/// shapes that
///           overflow or do not match their bytes, names given twice, and values outside the file, overlapping, or
///           apart. `file` begins each sentence.
Contents parse_safetensors(std::span<const std::byte> bytes, const std::string& file);

/// A tensor to be written.
struct NamedValues {
    std::string name;
    std::vector<std::int64_t> shape;
    std::span<const float> values;
};

/// Writes a safetensors file, whole or not at all, its values as `type`: f32, f16 or bf16, rounded to nearest even. The
/// same input gives the same bytes.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedValues> tensors,
                       const std::map<std::string, std::string>& metadata, FileType type = FileType::f32);

/// The same of tensors of any types, byte for byte as they are.
void write_safetensors(const std::filesystem::path& path, std::span<const Entry> tensors,
                       const std::map<std::string, std::string>& metadata);

/// The tensors of `file`, its floating-point ones as `type`, others as they are; it takes no memory for their values.
///
/// throws    what read_f32 throws; "x.safetensors: tensor "a" holds 70000, expected at most 65519 in F16"
void convert_safetensors(const WeightFile& file, const std::filesystem::path& path, FileType type);

}  // namespace gradus
