#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/spec.h"

namespace gradus {

class Device;

/// Values in the host's memory: what is loaded, saved and read back, and the leaves of a graph. A copy shares the
/// values.
///
/// Plans on another device keep a copy there. The two are brought in line when one is read after the other was written:
/// a picture that steps on a GPU move comes back when somebody looks at it, and not before.
///
/// Tensors are dense. A tensor is either constant (weights, a target) or the state of an optimization (the picture, a
/// step count), which plans write through `assign`; `version()` counts those writes, so that what was derived from the
/// values (packed filters) knows when it is stale.
class Tensor {
public:
    Tensor() = default;
    /// Uninitialized values.
    explicit Tensor(Spec spec);
    /// Throws Error unless there is one value per element.
    Tensor(Shape shape, std::span<const float> values);
    Tensor(Shape shape, std::initializer_list<float> values)
        : Tensor(std::move(shape), std::span(values.begin(), values.size())) {}
    /// Values that lie in memory owned by `keep`, a mapped file for instance, and never change.
    Tensor(Spec spec, const void* values, std::shared_ptr<const void> keep);

    explicit operator bool() const { return storage_ != nullptr; }
    const Spec& spec() const { return spec_; }
    const Shape& shape() const { return spec_.shape; }
    DType dtype() const { return spec_.dtype; }

    const void* data() const;
    /// For whoever fills the tensor; counts as a write. Throws Error if the memory is read-only.
    void* writable();

    /// The values in this device's memory; on the cpu, `data()`. The address stays the same for the tensor's life.
    const void* data_on(Device& device) const;
    /// The same for a kernel that writes all of them; counts as a write.
    void* writable_on(Device& device);

    template <class T>
    std::span<const T> values() const {
        return {static_cast<const T*>(checked(dtype_of<T>())), static_cast<std::size_t>(shape().size())};
    }
    template <class T>
    std::span<T> values_to_write() {
        checked(dtype_of<T>());
        return {static_cast<T*>(writable()), static_cast<std::size_t>(shape().size())};
    }

    /// The same numbers in another type: f32, f64 and bf16 into each other; rounds to nearest even.
    Tensor to(DType dtype) const;

    /// Two tensors are the same storage exactly when their ids are equal.
    std::uint64_t id() const;
    std::uint64_t version() const;

private:
    struct Storage;
    const void* checked(DType dtype) const;
    Spec spec_ = {};
    std::shared_ptr<Storage> storage_;
};

}  // namespace gradus
