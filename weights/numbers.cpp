#include "weights/numbers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "kernels/bf16.h"

static_assert(std::endian::native == std::endian::little, "weight files are little-endian and are read as they lie");

namespace gradus {
namespace {

/// Reads values of type T, aligned or not.
template <class T, class Convert>
void convert_each(std::span<const std::byte> bytes, std::span<float> out, Convert convert) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        T value;
        std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
        out[i] = convert(value);
    }
}

template <class T, class Convert>
std::vector<std::byte> store_each(std::span<const float> values, Convert convert) {
    std::vector<std::byte> out(values.size() * sizeof(T));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const T value = convert(values[i]);
        std::memcpy(out.data() + i * sizeof(T), &value, sizeof(T));
    }
    return out;
}

}  // namespace

float from_f16(std::uint16_t bits) {
    const std::uint32_t sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 31u, fraction = bits & 1023u;
    if (exponent == 0)
        return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(std::ldexp(float(fraction), -24)));
    return std::bit_cast<float>(sign | (exponent == 31 ? 255u : exponent + 112) << 23 | fraction << 13);
}

std::uint16_t to_f16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000u);
    const float size = std::fabs(value);
    if (std::isnan(value)) return sign | 0x7e00u;
    if (size >= 65520.0f)
        return sign | 0x7c00u;  // 65504 is the largest; from halfway to the next power on it rounds up
    if (size < 0x1p-14f) {      // subnormal: a multiple of 2^-24, rounded by the default rounding mode
        return sign | static_cast<std::uint16_t>(std::nearbyint(size * 0x1p24f));
    }
    const std::uint32_t kept = bits & 0x7fffffffu;
    const std::uint32_t rounded =
        (kept + 0xfffu + (kept >> 13 & 1u)) >> 13;  // a carry moves into the exponent, rightly
    return sign | static_cast<std::uint16_t>(rounded - (112u << 10));
}

void read_f32(const Entry& entry, std::size_t first, std::span<float> into, const std::string& file) {
    const auto bytes = entry.bytes.subspan(first * size_of(entry.type), into.size() * size_of(entry.type));
    switch (entry.type) {
        case FileType::f32:
            convert_each<float>(bytes, into, [](float x) { return x; });
            break;
        case FileType::f64:
            convert_each<double>(bytes, into, [](double x) { return static_cast<float>(x); });
            break;
        case FileType::f16:
            convert_each<std::uint16_t>(bytes, into, from_f16);
            break;
        case FileType::bf16:
            convert_each<bf16>(bytes, into, [](bf16 x) { return float(x); });
            break;
        default:
            throw Error(fmt::format("{}: tensor {} is {}, expected F64, F32, F16 or BF16", file, in_quotes(entry.name),
                                    to_string(entry.type)));
    }
    const auto bad = std::ranges::find_if_not(into, [](float value) { return std::isfinite(value); });
    if (bad != into.end())
        throw Error(fmt::format("{}: tensor {} holds {} at position {}, expected finite numbers", file,
                                in_quotes(entry.name), *bad, first + static_cast<std::size_t>(bad - into.begin())));
}

std::vector<float> read_f32(const Entry& entry, const std::string& file) {
    std::vector<float> out(entry.bytes.size() / size_of(entry.type));
    read_f32(entry, 0, out, file);
    return out;
}

void read_pieces(const Entry& entry, const std::string& file, const std::function<void(std::span<const float>)>& use) {
    constexpr std::size_t longest = 1 << 16;
    const std::size_t count = entry.bytes.size() / size_of(entry.type);
    std::vector<float> values(std::min(count, longest));
    for (std::size_t first = 0; first < count; first += longest) {
        const auto piece = std::span(values).first(std::min(longest, count - first));
        read_f32(entry, first, piece, file);
        use(piece);
    }
}

float largest_in(FileType type) {
    // What rounds to the largest number, and not up to infinity.
    return type == FileType::f16 ? 0x1.ffdffep15f : type == FileType::bf16 ? 0x1.fefffep127f : 0x1.fffffep127f;
}

std::vector<std::byte> stored_as(FileType type, std::span<const float> values) {
    switch (type) {
        case FileType::f32:
            return store_each<float>(values, [](float x) { return x; });
        case FileType::f16:
            return store_each<std::uint16_t>(values, to_f16);
        case FileType::bf16:
            return store_each<bf16>(values, [](float x) { return bf16(x); });
        default:
            throw Error(fmt::format("weights to write: found the type {}, expected F32, F16 or BF16", to_string(type)));
    }
}

}  // namespace gradus
