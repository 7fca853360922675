#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weights/entry.h"

namespace gradus {

/// IEEE half precision: to f32 exactly, from f32 rounded to nearest even; too large becomes infinity, NaN stays NaN.
float from_f16(std::uint16_t bits);
std::uint16_t to_f16(float value);

/// Floating-point values of a file, whatever their alignment, in f32.
///
/// throws    "x.safetensors: tensor "a" is I64, expected F64, F32, F16 or BF16", and where a value is NaN or infinite:
/// no
///           trained network has one
std::vector<float> read_f32(const Entry& entry, const std::string& file);

/// The values as a file of that type stores them, rounded to nearest even. `type` is f32, f16 or bf16.
std::vector<std::byte> stored_as(FileType type, std::span<const float> values);

}  // namespace gradus
