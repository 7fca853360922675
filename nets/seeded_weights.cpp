#include "nets/seeded_weights.h"

#include <algorithm>
#include <cmath>

#include "engine/require.h"

namespace gradus {
namespace {

/// The number at one place of a sequence that the key names.
/// paper     Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators
std::uint64_t split_mix(std::uint64_t key, std::uint64_t place) {
    std::uint64_t z = key + (place + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

std::uint64_t key_of(std::uint64_t seed, const std::string& name) {
    std::uint64_t key = seed;
    for (const char c : name) key = split_mix(key, static_cast<unsigned char>(c));
    return key;
}

Tensor random_filters(std::uint64_t key, const Shape& shape) {
    const auto inputs = static_cast<double>(shape.size() / shape[0]);
    const auto bound = static_cast<float>(std::sqrt(6 / inputs));  // the variance of -b..b is b^2 / 3
    Tensor filters{Spec(shape)};
    std::uint64_t place = 0;
    for (float& value : filters.values_to_write<float>()) {
        const auto bits = static_cast<float>(split_mix(key, place++) >> 40);  // 24 of them
        value = bound * (bits * 0x1p-23f - 1.0f);
    }
    return filters;
}

}  // namespace

Weights seeded_weights(std::uint64_t seed) {
    return Weights(fmt::format("random weights (seed {})", seed), [seed](const std::string& name, const Shape& shape) {
        if (name.ends_with(".weight")) return random_filters(key_of(seed, name), shape);
        Tensor zeros{Spec(shape)};
        std::ranges::fill(zeros.values_to_write<float>(), 0.0f);
        return zeros;
    });
}

}  // namespace gradus
