#pragma once
// Tensors of four dimensions, dense, and the boxes that TMA takes out of them.
#include "bench/gpu/conformance/check.h"

namespace gradus::kernels::GRADUS_CUDA::conformance {

struct Corner {
    int at[4];
};

struct Tensor {
    MapType type;
    std::uint64_t size[4];  // innermost first

    int element() const { return type == MapType::bf16 ? 2 : 4; }
    std::size_t words() const {
        return size[0] * size[1] * size[2] * size[3] * static_cast<std::size_t>(element()) / 4;
    }
    bool map(TensorMap& m, void* data, const std::uint32_t (&box)[4], int swizzle) const {
        const std::uint64_t row = size[0] * static_cast<std::uint64_t>(element());
        const std::uint64_t strides[3] = {row, row * size[1], row * size[1] * size[2]};
        return make_tensor_map(m, type, data, size, strides, box, swizzle);
    }
};

/// Calls f(byte in the box, byte in the tensor or -1 outside of it) for every element of the box.
template <class F>
void for_box(const Tensor& t, const std::uint32_t (&box)[4], const Corner& corner, const F& f) {
    const auto elements = static_cast<int>(box[0] * box[1] * box[2] * box[3]);
    for (int n = 0; n < elements; ++n) {
        int rest = n;
        std::int64_t x[4], at = 0;
        for (int d = 0; d < 4; ++d) {
            x[d] = corner.at[d] + rest % static_cast<int>(box[d]);
            rest /= static_cast<int>(box[d]);
        }
        for (int d = 3; d >= 0; --d) {
            const auto size = static_cast<std::int64_t>(t.size[d]);
            at = at < 0 || x[d] < 0 || x[d] >= size ? -1 : at * size + x[d];
        }
        f(n * t.element(), at < 0 ? -1 : at * t.element());
    }
}

}  // namespace gradus::kernels::GRADUS_CUDA::conformance
