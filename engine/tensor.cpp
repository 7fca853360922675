#include "engine/tensor.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>

#include "engine/device.h"
#include "engine/require.h"

namespace gradus {

struct Tensor::Storage {
    /// The copy on another device, and the version that it holds.
    struct Mirror {
        Device* device = nullptr;
        Buffer buffer = {};
        std::uint64_t version = 0;
        bool filled = false;
    };

    Buffer owned = {};
    std::shared_ptr<const void> keep = {};
    const void* values = nullptr;
    std::uint64_t id = 0;
    std::atomic<std::uint64_t> version = 0;
    std::mutex mutex = {};  // of what follows
    std::deque<Mirror> mirrors = {};
    const Mirror* newest = nullptr;  // where the values are that the host has not seen yet

    Mirror& mirror(Device& device, std::size_t bytes) {
        for (Mirror& m : mirrors)
            if (m.device == &device) return m;
        mirrors.push_back({.device = &device, .buffer = Buffer(device, bytes)});
        return mirrors.back();
    }
    /// Brings the host's copy up to date.
    void fetch() {
        if (!newest) return;
        newest->device->copy_to_host(owned.data(), newest->buffer.data(), owned.bytes());
        newest = nullptr;
    }
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

const void* Tensor::data() const {
    if (!storage_) return nullptr;
    const std::lock_guard lock(storage_->mutex);
    storage_->fetch();
    return storage_->values;
}

void* Tensor::writable() {
    require(storage_ != nullptr && storage_->owned.data() != nullptr,
            "tensor: {} is read-only, expected one that owns its values", to_string(spec_));
    const std::lock_guard lock(storage_->mutex);
    storage_->fetch();  // who writes a part keeps the rest
    ++storage_->version;
    return storage_->owned.data();
}

const void* Tensor::data_on(Device& device) const {
    if (device.kind() == DeviceKind::cpu) return data();
    const std::lock_guard lock(storage_->mutex);
    Storage::Mirror& mirror = storage_->mirror(device, spec_.bytes());
    if (mirror.filled && mirror.version == storage_->version) return mirror.buffer.data();
    storage_->fetch();
    device.copy_from_host(mirror.buffer.data(), storage_->values, spec_.bytes());
    mirror.version = storage_->version;
    mirror.filled = true;
    return mirror.buffer.data();
}

void* Tensor::writable_on(Device& device) {
    if (device.kind() == DeviceKind::cpu) return writable();
    require(storage_ != nullptr && storage_->owned.data() != nullptr,
            "tensor: {} is read-only, expected one that owns its values", to_string(spec_));
    const std::lock_guard lock(storage_->mutex);
    Storage::Mirror& mirror = storage_->mirror(device, spec_.bytes());
    mirror.version = ++storage_->version;
    mirror.filled = true;
    storage_->newest = &mirror;
    return mirror.buffer.data();
}

const void* Tensor::checked(DType dtype) const {
    if (storage_ == nullptr || spec_.dtype != dtype)  // read often: no words before they are needed
        throw Error(fmt::format("tensor: {} was read as {}", to_string(spec_), to_string(dtype)));
    return data();
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
