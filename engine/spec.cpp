#include "engine/spec.h"

namespace gradus {

std::string to_string(const Shape& shape) {
    std::string text = "(";
    for (std::size_t i = 0; i < shape.rank(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + ")";
}

std::size_t size_of(DType dtype) {
    switch (dtype) {
        case DType::f64:
            return 8;
        case DType::f32:
        case DType::i32:
            return 4;
        case DType::bf16:
            return 2;
        case DType::u8:
            return 1;
    }
    return 0;
}

const char* to_string(DType dtype) {
    switch (dtype) {
        case DType::f32:
            return "f32";
        case DType::bf16:
            return "bf16";
        case DType::f64:
            return "f64";
        case DType::i32:
            return "i32";
        case DType::u8:
            return "u8";
    }
    return "?";
}

std::size_t Spec::bytes() const {
    const auto pixels = shape.pixels();
    if (shape.size() == 0) return 0;
    return static_cast<std::size_t>((pixels - 1) * pixel_stride + shape.channels()) * size_of(dtype);
}

std::string to_string(const Spec& spec) { return std::string(to_string(spec.dtype)) + " " + to_string(spec.shape); }

}  // namespace gradus
