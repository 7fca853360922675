#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "weights/entry.h"

namespace gradus {

/// IEEE half precision: to f32 exactly, from f32 rounded to nearest even; too large becomes infinity, NaN stays NaN.
float from_f16(std::uint16_t bits);
std::uint16_t to_f16(float value);

/// Floating-point values of a file, whatever their alignment, in f32.
///
/// throws    "x.safetensors: tensor "a" is I64, expected F64, F32, F16 or BF16", and where a value is NaN or infinite:
///           no trained network has one
std::vector<float> read_f32(const Entry& entry, const std::string& file);
/// The same of as many as there is room for, from the value number `first` on.
void read_f32(const Entry& entry, std::size_t first, std::span<float> into, const std::string& file);
/// The same of all, piece by piece: whoever looks at a large tensor needs no memory for it.
void read_pieces(const Entry& entry, const std::string& file, const std::function<void(std::span<const float>)>& use);

/// Whether the type is one of those that read_f32 reads.
constexpr bool is_floating(FileType type) { return type <= FileType::bf16; }

/// The values as a file of that type stores them, rounded to nearest even. `type` is f32, f16 or bf16.
std::vector<std::byte> stored_as(FileType type, std::span<const float> values);

/// The largest f32 that does not become infinite in that type.
float largest_in(FileType type);

}  // namespace gradus
