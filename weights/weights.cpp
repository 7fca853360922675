#include "weights/weights.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "weights/file.h"
#include "weights/sha256.h"

namespace gradus {

struct Weights::State {
    std::string origin;
    std::vector<WeightFile> files;  // empty where the values are made
    Make make;
    std::map<std::string, Tensor> tensors;                          // as stored, in f32
    std::map<std::pair<std::string, std::string>, Tensor> derived;  // by name and what was done to it
    std::string sha256;

    const WeightFile* holder(std::string_view name) const {
        for (const WeightFile& file : files)
            if (file.find(name) != nullptr) return &file;
        return nullptr;
    }

    const Tensor& derive(const std::string& name, std::string how, const std::function<Tensor()>& make_it) {
        Tensor& tensor = derived[{name, std::move(how)}];
        if (!tensor) tensor = make_it();
        return tensor;
    }
};

namespace {

Tensor read(const WeightFile& file, const std::string& name) {
    const Entry& entry = file[name];
    const Shape shape(entry.shape);
    const float* values = file.mapped_f32(entry);
    if (values == nullptr) return Tensor(shape, file.read_f32(entry));
    require(std::all_of(values, values + shape.size(), [](float v) { return std::isfinite(v); }),
            "{}: tensor {} has a value that is NaN or infinite", file.path(), in_quotes(name));
    return Tensor(Spec(shape), values, file.keep());
}

/// (K, C, H, W) -> (K, H, W, C)
Tensor channels_last(const Tensor& weights, std::int64_t outputs, const Shape& activation) {
    const std::int64_t pixels = activation.pixels(), channels = activation.channels(), inputs = pixels * channels;
    Tensor result(Spec(Shape{outputs, inputs}));
    const float* from = weights.values<float>().data();
    float* to = result.values_to_write<float>().data();
    for (std::int64_t k = 0; k < outputs; ++k, from += inputs, to += inputs)
        for (std::int64_t p = 0; p < pixels; ++p)
            for (std::int64_t c = 0; c < channels; ++c) to[p * channels + c] = from[c * pixels + p];
    return result;
}

}  // namespace

Weights::Weights(const std::filesystem::path& file) : state_(std::make_shared<State>()) {
    state_->origin = file.string();
    add(file);
}

Weights::Weights(std::string origin, Make make) : state_(std::make_shared<State>()) {
    state_->origin = std::move(origin);
    state_->make = std::move(make);
}

void Weights::add(const std::filesystem::path& file) { state_->files.push_back(WeightFile::open(file)); }

std::map<std::string, std::string> Weights::metadata() const {
    return state_->files.empty() ? std::map<std::string, std::string>() : state_->files.front().metadata();
}

const std::string& Weights::file() const { return state_->origin; }

bool Weights::has(std::string_view name) const { return state_->make || state_->holder(name) != nullptr; }

std::vector<std::string> Weights::names() const {
    std::vector<std::string> all;
    for (const WeightFile& file : state_->files)
        for (std::string& name : file.names()) all.push_back(std::move(name));
    if (state_->make)
        for (const auto& [name, tensor] : state_->tensors) all.push_back(name);
    return all;
}

Tensor Weights::operator[](const std::string& name) const {
    const auto known = state_->tensors.find(name);
    if (known != state_->tensors.end()) return known->second;
    const WeightFile* file = state_->holder(name);
    if (file == nullptr)
        throw Error(fmt::format("{}: no tensor {}; {}", state_->origin, in_quotes(name), nearest(name, names())));
    return state_->tensors[name] = read(*file, name);
}

Tensor Weights::tensor(const std::string& name, const Shape& expected, DType dtype) const {
    if (state_->make && !state_->tensors.contains(name)) state_->tensors[name] = state_->make(name, expected);
    const Tensor stored = (*this)[name];
    require(stored.shape() == expected, "{}: tensor {} has the shape {}, expected {}", state_->origin, in_quotes(name),
            to_string(stored.shape()), to_string(expected));
    if (dtype == stored.dtype()) return stored;
    return state_->derive(name, to_string(dtype), [&] { return stored.to(dtype); });
}

Tensor Weights::fully_connected(const std::string& name, std::int64_t outputs, const Shape& activation,
                                DType dtype) const {
    const Tensor stored = tensor(name, {outputs, activation.size()});
    if (activation.pixels() == 1) return tensor(name, stored.shape(), dtype);
    const std::string how = fmt::format("channels last of {}", to_string(activation));
    const Tensor moved = state_->derive(name, how, [&] { return channels_last(stored, outputs, activation); });
    if (dtype == DType::f32) return moved;
    return state_->derive(name, how + to_string(dtype), [&] { return moved.to(dtype); });
}

const std::string& Weights::sha256() const {
    if (state_->sha256.empty() && !state_->files.empty())
        state_->sha256 = gradus::sha256(state_->files.front().bytes());
    return state_->sha256;
}

}  // namespace gradus
