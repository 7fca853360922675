#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tensor.h"

namespace gradus {

/// Named tensors: weights["conv1_1.weight"]. Those of a file are mapped, not read: f32 values stay where they lie and
/// come in when they are touched, others are converted. A tensor asked for twice is the same Tensor, so that what is
/// derived from it (packed filters) is made once for all plans. Copies share everything.
///
/// cost      one pass over the values of a tensor when it is first asked for
/// throws    for a missing or broken file; for a name it does not have (with the nearest ones); for a tensor of another
///           shape than expected, or with a value that is NaN or infinite
class Weights {
public:
    explicit Weights(const std::filesystem::path& file);

    /// Values made when they are first asked for, for tests and benchmarks. `origin` stands for the name of the file.
    using Make = std::function<Tensor(const std::string& name, const Shape& shape)>;
    Weights(std::string origin, Make make);

    /// Adds the tensors of a file that belongs to this one (the mean picture of LeNet). Names already there win.
    void add(const std::filesystem::path& file);

    /// What the first file says besides its tensors.
    std::map<std::string, std::string> metadata() const;
    /// The path of the file as it was given.
    const std::string& file() const;
    /// Whether there is such a tensor. Whatever is made on demand is there.
    bool has(std::string_view name) const;
    std::vector<std::string> names() const;

    /// In f32, of whatever shape it has.
    Tensor operator[](const std::string& name) const;
    /// Of this shape and in this type.
    Tensor tensor(const std::string& name, const Shape& expected, DType dtype = DType::f32) const;
    /// The weights (K, C*H*W) of a fully connected layer over activations (H, W, C): files number the inputs as (C, H,
    /// W), here they come as (H, W, C).
    Tensor fully_connected(const std::string& name, std::int64_t outputs, const Shape& activation,
                           DType dtype = DType::f32) const;

    /// The SHA-256 of the file, computed when it is first asked for; empty where there is none.
    const std::string& sha256() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace gradus
