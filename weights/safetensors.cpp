#include "weights/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_set>

#include "engine/in_quotes.h"
#include "engine/require.h"

namespace gradus {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_header = 100'000'000;  // the limit of the format's own library
constexpr std::size_t most_metadata = 10'000;

std::optional<FileType> type_named(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(FileType::boolean); ++i) {
        if (name == to_string(static_cast<FileType>(i))) return static_cast<FileType>(i);
    }
    return std::nullopt;
}

/// Where a tensor claims to lie.
struct Claim {
    std::optional<FileType> type;
    std::optional<std::vector<std::int64_t>> shape;
    std::optional<std::vector<std::uint64_t>> offsets;  // begin and end, from the end of the header
};

/// Takes the JSON token by token and refuses the first one that does not belong there. So no tree is built: deep
/// nesting and names given twice, which a tree would swallow, are seen.
class HeaderReader : public nlohmann::json_sax<Json> {
public:
    explicit HeaderReader(const std::string& file) : file_(file) {}

    std::vector<std::string> names;  // in the order of the file, as are `claims`
    std::vector<Claim> claims;
    std::map<std::string, std::string> metadata;

    bool start_object(std::size_t) override {
        if (in_ == In::nothing)
            in_ = In::root;
        else if (in_ == In::root)
            in_ = key_ == "__metadata__" ? In::metadata : In::tensor;
        else
            refuse("an object");
        if (in_ == In::tensor) {
            require(names.size() < most_tensors, "{}: the header names more than {} tensors, expected a network", file_,
                    most_tensors);
            names.push_back(key_);
            claims.emplace_back();
        }
        return true;
    }
    bool end_object() override {
        if (in_ == In::tensor) {
            const Claim& claim = claims.back();
            require(claim.type && claim.shape && claim.offsets,
                    "{}: tensor {} lacks a field, expected dtype, shape and data_offsets", file_,
                    in_quotes(names.back()));
        }
        in_ = in_ == In::root ? In::nothing : In::root;
        return true;
    }
    bool key(std::string& name) override {
        key_ = name;
        if (in_ == In::root) {
            require(seen_.insert(name).second, "{}: the header names {} twice, expected once", file_, in_quotes(name));
        }
        return true;
    }
    bool string(std::string& text) override {
        if (in_ == In::metadata) {
            require(metadata.size() < most_metadata && metadata.emplace(key_, text).second,
                    "{}: metadata {} comes twice or after {} others, expected fewer, each once", file_, in_quotes(key_),
                    most_metadata);
        } else if (in_ == In::tensor && key_ == "dtype" && !claims.back().type) {
            claims.back().type = type_named(text);
            require(claims.back().type.has_value(),
                    "{}: tensor {} has the dtype {}, expected F32, F16, BF16, F64 or an integer", file_,
                    in_quotes(names.back()), in_quotes(text));
        } else {
            refuse("a text");
        }
        return true;
    }
    bool start_array(std::size_t) override {
        if (in_ == In::tensor && key_ == "shape" && !claims.back().shape) {
            claims.back().shape.emplace();
            in_ = In::shape;
        } else if (in_ == In::tensor && key_ == "data_offsets" && !claims.back().offsets) {
            claims.back().offsets.emplace();
            in_ = In::offsets;
        } else {
            refuse("a list");
        }
        return true;
    }
    bool end_array() override {
        if (in_ == In::offsets && claims.back().offsets->size() != 2) refuse("a list that is not a pair");
        in_ = In::tensor;
        return true;
    }
    bool number_unsigned(Json::number_unsigned_t value) override {
        if (in_ == In::shape && value <= INT64_MAX && claims.back().shape->size() < 8) {
            claims.back().shape->push_back(static_cast<std::int64_t>(value));
        } else if (in_ == In::offsets && claims.back().offsets->size() < 2) {
            claims.back().offsets->push_back(value);
        } else {
            refuse("one number too many or too large");
        }
        return true;
    }
    bool number_integer(Json::number_integer_t) override { return refuse("a negative number"); }
    bool number_float(Json::number_float_t, const std::string&) override {
        return refuse("a number that is not whole");
    }
    bool null() override { return refuse("null"); }
    bool boolean(bool) override { return refuse("true or false"); }
    bool binary(Json::binary_t&) override { return refuse("binary data"); }
    bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
        throw Error(
            fmt::format("{}: the header is no JSON at its byte {}, expected a safetensors file", file_, position));
    }

private:
    enum class In { nothing, root, metadata, tensor, shape, offsets };

    bool refuse(const char* found) const {
        throw Error(
            fmt::format("{}: the header holds {} at {}, expected a dtype, a shape and a pair of data_offsets for each "
                        "tensor, once",
                        file_, found, in_quotes(key_)));
    }

    const std::string& file_;
    In in_ = In::nothing;
    std::string key_;
    std::unordered_set<std::string> seen_;
};

/// Every byte of the data belongs to exactly one tensor.
void require_no_gaps(const std::vector<Claim>& claims, const std::vector<std::string>& names, std::uint64_t size,
                     const std::string& file) {
    std::vector<std::size_t> order(claims.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return *claims[i].offsets; });
    std::uint64_t end = 0;
    for (const auto i : order) {
        const auto begin = (*claims[i].offsets)[0];
        require(
            begin >= end,
            "{}: tensor {} begins at byte {} of the data, inside the one before, which ends at {}; expected no overlap",
            file, in_quotes(names[i]), begin, end);
        require(begin == end, "{}: tensor {} begins at byte {} of the data, the one before ends at {}; expected no gap",
                file, in_quotes(names[i]), begin, end);
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

    HeaderReader reader(file);
    const auto* text = reinterpret_cast<const char*>(header.data());
    Json::sax_parse(text, text + header.size(), &reader);

    Contents out;
    out.metadata = std::move(reader.metadata);
    for (std::size_t i = 0; i < reader.names.size(); ++i) {
        const std::string name = in_quotes(reader.names[i]);
        auto& claim = reader.claims[i];
        const auto begin = (*claim.offsets)[0], end = (*claim.offsets)[1];
        require(begin <= end && end <= data.size(),
                "{}: tensor {} lies at bytes {} to {} of the data, expected them within its {}; is the file cut short?",
                file, name, begin, end, data.size());
        const auto count = count_of(*claim.shape);
        require(count && *count == (end - begin) / size_of(*claim.type) && (end - begin) % size_of(*claim.type) == 0,
                "{}: tensor {} has the shape {} of {} but {} bytes, expected them to match", file, name,
                shape_text(*claim.shape), to_string(*claim.type), end - begin);
        out.entries.push_back(
            {std::move(reader.names[i]), *claim.type, std::move(*claim.shape), data.subspan(begin, end - begin)});
        reader.names[i] = out.entries.back().name;
    }
    require_no_gaps(reader.claims, reader.names, data.size(), file);
    return out;
}

}  // namespace gradus
