#include "weights/file.h"

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "weights/caffe.h"
#include "weights/input_file.h"
#include "weights/numbers.h"
#include "weights/safetensors.h"

namespace gradus {
namespace {

constexpr auto expected = "a weight file (safetensors or Caffe)";

Contents parse(std::span<const std::byte> bytes, const std::filesystem::path& path) {
    const std::string file = path.string();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    // The JSON of safetensors begins at byte 8; the name decides only where that is not so.
    if ((text.size() > 8 && text[8] == '{') || path.extension() == ".safetensors")
        return parse_safetensors(bytes, file);

    require(!text.starts_with("PK\3\4") && !text.starts_with("\x80\2"),
            "{}: found a PyTorch pickle, expected {}; convert it with safetensors.torch.save_file", file, expected);
    require(!text.starts_with("<") && !text.starts_with("version https://git-lfs"),
            "{}: found a text that stands in for the file, expected {}; get it again", file, expected);
    return parse_caffe(bytes, file);
}

}  // namespace

WeightFile WeightFile::open(const std::filesystem::path& path) {
    const MappedFile map(path, expected);
    auto storage = std::make_shared<Storage>();
    storage->map = map.keep();
    storage->bytes = map.bytes();
    storage->contents = parse(map.bytes(), path);
    for (const auto& entry : storage->contents.entries) storage->by_name.emplace(entry.name, &entry);
    WeightFile file;
    file.path_ = path.string();
    file.storage_ = std::move(storage);
    return file;
}

std::vector<std::string> WeightFile::names() const {
    std::vector<std::string> names;
    for (const auto& entry : entries()) names.push_back(entry.name);
    return names;
}

const Entry* WeightFile::find(std::string_view name) const {
    const auto found = storage_->by_name.find(name);
    return found == storage_->by_name.end() ? nullptr : found->second;
}

const Entry& WeightFile::operator[](std::string_view name) const {
    const Entry* entry = find(name);
    if (entry == nullptr) {
        throw Error(fmt::format("{}: no tensor {}; {}", path_, in_quotes(name), nearest(name, names())));
    }
    return *entry;
}

std::vector<float> WeightFile::read_f32(const Entry& entry) const { return gradus::read_f32(entry, path_); }

const float* WeightFile::mapped_f32(const Entry& entry) const {
    const void* start = entry.bytes.data();
    const bool usable = entry.type == FileType::f32 && reinterpret_cast<std::uintptr_t>(start) % alignof(float) == 0;
    return usable ? static_cast<const float*>(start) : nullptr;
}

}  // namespace gradus
