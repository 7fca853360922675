#pragma once
#include <cstddef>
#include <string>
#include <type_traits>

#include "engine/shape.h"
#include "kernels/bf16.h"

namespace gradus {

/// How one number is stored. f64 is computed by the reference kernels only.
enum class DType { f32, bf16, f64, i32, u8 };

std::size_t size_of(DType dtype);
const char* to_string(DType dtype);

template <class T>
constexpr DType dtype_of() {
    if constexpr (std::is_same_v<T, float>)
        return DType::f32;
    else if constexpr (std::is_same_v<T, bf16>)
        return DType::bf16;
    else if constexpr (std::is_same_v<T, double>)
        return DType::f64;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return DType::i32;
    else {
        static_assert(std::is_same_v<T, std::uint8_t>, "no such storage type");
        return DType::u8;
    }
}

/// What a value is: its extents, how its numbers are stored, and how far apart its pixels lie.
struct Spec {
    Shape shape = {};
    DType dtype = DType::f32;
    /// Elements from one pixel to the next; more than channels() where the value is a channel slice of a wider one.
    std::int64_t pixel_stride = 0;

    Spec() = default;
    Spec(Shape s, DType d = DType::f32) : shape(std::move(s)), dtype(d), pixel_stride(shape.channels()) {}

    bool dense() const { return pixel_stride == shape.channels(); }
    /// Bytes from the first to the last value, gaps between pixels included.
    std::size_t bytes() const;
    bool operator==(const Spec&) const = default;
};

/// "f32 (1, 224, 224, 3)"
std::string to_string(const Spec& spec);

}  // namespace gradus
