#include "engine/tensor.h"

#include <algorithm>
#include <atomic>

#include "engine/device.h"
#include "engine/require.h"

namespace gradus {

struct Tensor::Storage {
    Buffer owned = {};
    std::shared_ptr<const void> keep = {};
    const void* values = nullptr;
    std::uint64_t id = 0;
    std::atomic<std::uint64_t> version = 0;
};

namespace {

std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

template <class From, class To>
void convert(const Tensor& from, Tensor& to) {
    const auto in = from.values<From>();
    std::transform(in.begin(), in.end(), to.values_to_write<To>().begin(), [](From v) {
        if constexpr (std::is_same_v<To, bf16>)
            return bf16(static_cast<float>(v));
        else
            return static_cast<To>(v);
    });
}

template <class From>
void convert_from(const Tensor& from, Tensor& to) {
    switch (to.dtype()) {
        case DType::f32:
            return convert<From, float>(from, to);
        case DType::f64:
            return convert<From, double>(from, to);
        case DType::bf16:
            return convert<From, bf16>(from, to);
        default:
            throw Error(fmt::format("tensor: cannot convert {} to {}", to_string(from.dtype()), to_string(to.dtype())));
    }
}

}  // namespace

Tensor::Tensor(Spec spec) : spec_(std::move(spec)), storage_(std::make_shared<Storage>()) {
    spec_.pixel_stride = spec_.shape.channels();
    storage_->owned = Buffer(cpu_device(), spec_.bytes());
    storage_->values = storage_->owned.data();
    storage_->id = next_id();
}

Tensor::Tensor(Shape shape, std::span<const float> values) : Tensor(Spec(std::move(shape))) {
    require(static_cast<std::int64_t>(values.size()) == spec_.shape.size(),
            "tensor: shape {} was given {} values, expected {}", to_string(spec_.shape), values.size(),
            spec_.shape.size());
    std::copy(values.begin(), values.end(), values_to_write<float>().begin());
}

Tensor::Tensor(Spec spec, const void* values, std::shared_ptr<const void> keep)
    : spec_(std::move(spec)), storage_(std::make_shared<Storage>()) {
    storage_->values = values;
    storage_->keep = std::move(keep);
    storage_->id = next_id();
}

const void* Tensor::data() const { return storage_ ? storage_->values : nullptr; }

void* Tensor::writable() {
    require(storage_ != nullptr && storage_->owned.data() != nullptr,
            "tensor: {} is read-only, expected one that owns its values", to_string(spec_));
    ++storage_->version;
    return storage_->owned.data();
}

const void* Tensor::checked(DType dtype) const {
    require(storage_ != nullptr && spec_.dtype == dtype, "tensor: {} was read as {}", to_string(spec_),
            to_string(dtype));
    return storage_->values;
}

Tensor Tensor::to(DType dtype) const {
    if (dtype == spec_.dtype) return *this;
    Tensor result(Spec(spec_.shape, dtype));
    switch (spec_.dtype) {
        case DType::f32:
            convert_from<float>(*this, result);
            break;
        case DType::f64:
            convert_from<double>(*this, result);
            break;
        case DType::bf16:
            convert_from<bf16>(*this, result);
            break;
        default:
            throw Error(fmt::format("tensor: cannot convert {} to {}", to_string(spec_.dtype), to_string(dtype)));
    }
    return result;
}

std::uint64_t Tensor::id() const { return storage_ ? storage_->id : 0; }
std::uint64_t Tensor::version() const { return storage_ ? storage_->version.load() : 0; }

}  // namespace gradus
