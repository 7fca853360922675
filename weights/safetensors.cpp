#include "weights/safetensors.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "weights/safetensors_header.h"

namespace gradus {
namespace {

constexpr std::size_t longest_header = 16'000'000;  // bytes: ten times that of the largest networks

/// Every byte of the data belongs to exactly one tensor.
void require_no_gaps(const std::vector<SafetensorsClaim>& claims, std::uint64_t size, const std::string& file) {
    std::vector<std::size_t> order(claims.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return *claims[i].offsets; });
    std::uint64_t end = 0;
    for (const auto i : order) {
        const auto begin = (*claims[i].offsets)[0];
        require(
            begin >= end,
            "{}: tensor {} begins at byte {} of the data, inside the one before, which ends at {}; expected no overlap",
            file, in_quotes(claims[i].name), begin, end);
        require(begin == end, "{}: tensor {} begins at byte {} of the data, the one before ends at {}; expected no gap",
                file, in_quotes(claims[i].name), begin, end);
        end = (*claims[i].offsets)[1];
    }
    require(end == size, "{}: the tensors end at byte {} of the data, expected the end of the file, {}", file, end,
            size);
}

}  // namespace

Contents parse_safetensors(std::span<const std::byte> bytes, const std::string& file) {
    require(bytes.size() > 8, "{}: found {} bytes, expected a safetensors file", file, bytes.size());
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    const auto rest = bytes.subspan(8);
    require(length <= rest.size() && length <= longest_header,
            "{}: the header claims {} bytes, expected at most the {} that follow, and {}", file, length, rest.size(),
            longest_header);
    const auto header = rest.first(length), data = rest.subspan(length);

    const std::string_view text(reinterpret_cast<const char*>(header.data()), header.size());
    SafetensorsHeader claimed = read_safetensors_header(text, file, most_tensors_in(bytes.size()));

    for (const SafetensorsClaim& claim : claimed.claims) {
        const std::string name = in_quotes(claim.name);
        const auto begin = (*claim.offsets)[0], end = (*claim.offsets)[1];
        require(begin <= end && end <= data.size(),
                "{}: tensor {} lies at bytes {} to {} of the data, expected them within its {}; is the file cut short?",
                file, name, begin, end, data.size());
        const auto count = count_of(*claim.shape);
        require(count && *count == (end - begin) / size_of(*claim.type) && (end - begin) % size_of(*claim.type) == 0,
                "{}: tensor {} has the shape {} of {} but {} bytes, expected them to match", file, name,
                shape_text(*claim.shape), to_string(*claim.type), end - begin);
    }
    require_no_gaps(claimed.claims, data.size(), file);

    Contents out;
    out.metadata = std::move(claimed.metadata);
    out.entries.reserve(claimed.claims.size());
    for (SafetensorsClaim& claim : claimed.claims) {
        const auto begin = (*claim.offsets)[0], end = (*claim.offsets)[1];
        out.entries.push_back(
            {std::move(claim.name), *claim.type, std::move(*claim.shape), data.subspan(begin, end - begin)});
    }
    return out;
}

}  // namespace gradus
