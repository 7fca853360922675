#include "weights/safetensors_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/in_quotes.h"
#include "engine/require.h"

namespace gradus {
namespace {

using Json = nlohmann::json;
using Claim = SafetensorsClaim;

constexpr std::size_t longest_text = 1'000'000;  // bytes
constexpr std::size_t most_metadata = 1'000;

std::optional<FileType> type_named(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(FileType::boolean); ++i) {
        if (name == to_string(static_cast<FileType>(i))) return static_cast<FileType>(i);
    }
    return std::nullopt;
}

/// Takes the JSON token by token and refuses the first one that does not belong there. So no tree is built: deep
/// nesting and names given twice, which a tree would swallow, are seen.
class HeaderReader : public nlohmann::json_sax<Json> {
public:
    HeaderReader(const std::string& file, std::size_t most) : file_(file), most_(most) {}

    SafetensorsHeader found = {};

    bool start_object(std::size_t) override {
        if (in_ == In::nothing)
            in_ = In::root;
        else if (in_ == In::root)
            in_ = key_ == "__metadata__" ? In::metadata : In::tensor;
        else
            refuse("an object");
        if (in_ == In::tensor) {
            require(found.claims.size() < most_,
                    "{}: the header names more than {} tensors, expected fewer in a file of this size", file_, most_);
            found.claims.emplace_back().name = key_;
        }
        return true;
    }
    bool end_object() override {
        if (in_ == In::tensor) {
            const Claim& claim = found.claims.back();
            require(claim.type && claim.shape && claim.offsets,
                    "{}: tensor {} lacks a field, expected dtype, shape and data_offsets", file_,
                    in_quotes(claim.name));
        }
        in_ = in_ == In::root ? In::nothing : In::root;
        return true;
    }
    bool key(std::string& name) override {
        key_ = name;
        if (in_ == In::root && name == "__metadata__") {
            require(!metadata_seen_, "{}: the header names {} twice, expected once", file_, in_quotes(name));
            metadata_seen_ = true;
        }
        return true;
    }
    bool string(std::string& text) override {
        if (in_ == In::metadata) {
            require(found.metadata.size() < most_metadata && found.metadata.emplace(key_, text).second,
                    "{}: metadata {} comes twice or after {} others, expected fewer, each once", file_, in_quotes(key_),
                    most_metadata);
        } else if (in_ == In::tensor && key_ == "dtype" && !found.claims.back().type) {
            found.claims.back().type = type_named(text);
            require(found.claims.back().type.has_value(),
                    "{}: tensor {} has the dtype {}, expected F32, F16, BF16, F64 or an integer", file_,
                    in_quotes(found.claims.back().name), in_quotes(text));
        } else {
            refuse("a text");
        }
        return true;
    }
    bool start_array(std::size_t) override {
        if (in_ == In::tensor && key_ == "shape" && !found.claims.back().shape) {
            found.claims.back().shape.emplace();
            in_ = In::shape;
        } else if (in_ == In::tensor && key_ == "data_offsets" && !found.claims.back().offsets) {
            found.claims.back().offsets.emplace();
            in_ = In::offsets;
        } else {
            refuse("a list");
        }
        return true;
    }
    bool end_array() override {
        if (in_ == In::offsets && found.claims.back().offsets->size() != 2) refuse("a list that is not a pair");
        in_ = In::tensor;
        return true;
    }
    bool number_unsigned(Json::number_unsigned_t value) override {
        if (in_ == In::shape && value <= INT64_MAX && found.claims.back().shape->size() < 8) {
            found.claims.back().shape->push_back(static_cast<std::int64_t>(value));
        } else if (in_ == In::offsets && found.claims.back().offsets->size() < 2) {
            found.claims.back().offsets->push_back(value);
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

    bool refuse(const char* what) const {
        throw Error(
            fmt::format("{}: the header holds {} at {}, expected a dtype, a shape and a pair of data_offsets for each "
                        "tensor, once",
                        file_, what, in_quotes(key_)));
    }

    const std::string& file_;
    std::size_t most_;
    In in_ = In::nothing;
    std::string key_;
    bool metadata_seen_ = false;
};

/// The JSON's reader keeps the text or number that it is in, up to four times: none may be as long as the file.
void require_short_texts(std::string_view header, const std::string& file) {
    bool in_text = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const char c = header[i];
        if (in_text && c == '\\') {
            ++i;
        } else if (c == '"') {
            in_text = !in_text;
            start = i;
        } else if (!in_text && (c == ',' || c == ':' || c == '[' || c == '{')) {
            start = i;
        }
        require(i - start <= longest_text,
                "{}: the header holds a text or a number of more than {} bytes at its byte {}, expected shorter ones",
                file, longest_text, start);
    }
}

void require_own_names(const std::vector<Claim>& claims, const std::string& file) {
    std::vector<std::string_view> names;
    names.reserve(claims.size());
    for (const Claim& claim : claims) names.push_back(claim.name);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    require(twice == names.end(), "{}: the header names {} twice, expected once", file,
            in_quotes(twice == names.end() ? "" : *twice));
}

}  // namespace

SafetensorsHeader read_safetensors_header(std::string_view text, const std::string& file, std::size_t most) {
    require_short_texts(text, file);
    HeaderReader reader(file, most);
    Json::sax_parse(text.begin(), text.end(), &reader);
    require_own_names(reader.found.claims, file);
    return std::move(reader.found);
}

}  // namespace gradus
