#include "tools/search/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "weights/input_file.h"
#include "weights/safetensors.h"

namespace gradus {
namespace {

constexpr std::string_view format_key = "gradus.checkpoint", format_version = "1", setting_key = "setting.";
constexpr std::size_t largest_file = std::size_t{1} << 36;

FileType file_type(DType type) {
    return type == DType::f64 ? FileType::f64 : type == DType::i32 ? FileType::i32 : FileType::f32;
}

std::optional<DType> tensor_type(FileType type) {
    if (type == FileType::f32) return DType::f32;
    if (type == FileType::f64) return DType::f64;
    if (type == FileType::i32) return DType::i32;
    return std::nullopt;
}

Tensor tensor_of(const Entry& entry, const std::string& file) {
    const std::optional<DType> type = tensor_type(entry.type);
    require(type.has_value(), "{}: tensor {} is of the type {}, expected F32, F64 or I32", file, in_quotes(entry.name),
            to_string(entry.type));
    require(!entry.shape.empty() && entry.shape.size() <= 4 && !entry.bytes.empty(),
            "{}: tensor {} has the shape {}, expected 1 to 4 extents and a value", file, in_quotes(entry.name),
            shape_text(entry.shape));
    Tensor tensor(Spec(Shape(entry.shape), *type));
    std::memcpy(tensor.writable(), entry.bytes.data(), entry.bytes.size());
    return tensor;
}

/// "3/0/numbers" belongs to stage 3, under the name "0/numbers".
std::size_t stage_of(const std::string& name, const std::string& file) {
    const std::size_t slash = name.find('/');
    std::size_t stage = 0;
    const char* end = name.data() + (slash == std::string::npos ? 0 : slash);
    const auto [stopped, error] = std::from_chars(name.data(), end, stage);
    require(error == std::errc{} && stopped == end && stage < most_tensors,
            "{}: found a tensor {}, expected names STAGE/PICTURE/NAME", file, in_quotes(name));
    return stage;
}

/// As in_quotes has it, without the quotes.
std::string shown(const std::string& value) {
    if (value.empty()) return "nothing";
    const std::string quoted = in_quotes(value);
    return quoted.substr(1, quoted.size() - 2);
}

/// Two values that differ, each from a little before the place where they do, where a message would not reach it.
std::pair<std::string, std::string> shown_apart(const std::string& a, const std::string& b) {
    constexpr std::size_t reached = 70, kept = 20;
    const auto at = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    if (at < reached) return {shown(a), shown(b)};
    std::size_t from = at - kept;
    while (from > 0 && (static_cast<unsigned char>(a[from]) & 0xc0u) == 0x80u) --from;  // no half of a character
    return {"..." + shown(a.substr(from)), "..." + shown(b.substr(from))};
}

const std::string* value_of(const RunSettings& settings, const std::string& name) {
    const auto found = std::find_if(settings.begin(), settings.end(), [&](const auto& s) { return s.first == name; });
    return found == settings.end() ? nullptr : &found->second;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
    std::map<std::string, std::string> metadata{{std::string(format_key), std::string(format_version)}};
    for (const auto& [name, value] : checkpoint.settings) metadata[std::string(setting_key) + name] = value;
    std::vector<Entry> entries;
    for (std::size_t stage = 0; stage < checkpoint.stages.size(); ++stage)
        for (const auto& [name, tensor] : checkpoint.stages[stage].tensors) {
            const auto* bytes = static_cast<const std::byte*>(tensor.data());
            entries.push_back({.name = fmt::format("{}/{}", stage, name),
                               .type = file_type(tensor.dtype()),
                               .shape = tensor.shape().extents(),
                               .bytes = {bytes, tensor.spec().bytes()}});
        }
    write_safetensors(path, entries, metadata);
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
    const std::string file = path.string();
    const std::vector<std::byte> bytes = read_file(path, "a checkpoint", largest_file);
    const Contents contents = parse_safetensors(bytes, file);
    const auto version = contents.metadata.find(std::string(format_key));
    require(version != contents.metadata.end(), "{}: found weights or something else, expected a checkpoint", file);
    require(version->second == format_version, "{}: found a checkpoint of format {}, expected format {}", file,
            in_quotes(version->second), format_version);
    Checkpoint checkpoint;
    for (const auto& [key, value] : contents.metadata)
        if (key.starts_with(setting_key)) checkpoint.settings.push_back({key.substr(setting_key.size()), value});
    for (const Entry& entry : contents.entries) {
        const std::size_t stage = stage_of(entry.name, file);
        if (checkpoint.stages.size() <= stage) checkpoint.stages.resize(stage + 1, {.origin = file});
        checkpoint.stages[stage].tensors.push_back(
            {entry.name.substr(entry.name.find('/') + 1), tensor_of(entry, file)});
    }
    require(!checkpoint.stages.empty(), "{}: found no tensors, expected those of a search", file);
    for (std::size_t stage = 0; stage < checkpoint.stages.size(); ++stage)
        require(!checkpoint.stages[stage].empty(),
                "{}: found no tensors of stage {}, expected those of every one up to {}", file, stage,
                checkpoint.stages.size() - 1);
    return checkpoint;
}

void require_same_settings(const std::string& file, const RunSettings& found, const RunSettings& asked) {
    for (const auto& [name, now] : asked) {
        const std::string* before = value_of(found, name);
        require(before != nullptr, "{}: does not say with which {} it was made, now {} was asked for", file, name,
                shown(now));
        const auto [was, is] = shown_apart(*before, now);
        require(*before == now, "{}: was made with {} {}, now {} was asked for", file, name, was, is);
    }
    for (const auto& [name, before] : found)
        require(value_of(asked, name) != nullptr, "{}: was made with {} {}, now there is no such setting", file,
                shown(name), shown(before));
}

}  // namespace gradus
