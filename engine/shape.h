#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace gradus {

/// The extents of an array, outermost first. Activations are (N, H, W, C); filters (K, C, R, S); one number is (1).
class Shape {
public:
    Shape() = default;
    Shape(std::initializer_list<std::int64_t> extents) : extents_(extents) {}
    explicit Shape(std::vector<std::int64_t> extents) : extents_(std::move(extents)) {}

    std::size_t rank() const { return extents_.size(); }
    std::int64_t operator[](std::size_t axis) const { return extents_[axis]; }
    std::int64_t& operator[](std::size_t axis) { return extents_[axis]; }
    const std::vector<std::int64_t>& extents() const { return extents_; }

    /// The number of values.
    std::int64_t size() const {
        std::int64_t n = 1;
        for (const auto extent : extents_) n *= extent;
        return n;
    }
    /// The innermost extent: what lies contiguously in memory.
    std::int64_t channels() const { return extents_.empty() ? 1 : extents_.back(); }
    /// How many groups of channels there are: size() / channels().
    std::int64_t pixels() const {
        std::int64_t n = 1;
        for (std::size_t i = 0; i + 1 < extents_.size(); ++i) n *= extents_[i];
        return n;
    }

    bool operator==(const Shape&) const = default;

private:
    std::vector<std::int64_t> extents_;
};

/// "(1, 224, 224, 3)"
std::string to_string(const Shape& shape);

}  // namespace gradus
