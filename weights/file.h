#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weights/entry.h"

namespace gradus {

/// A file of named tensors, safetensors or Caffe, by its content. The file is mapped: opening reads only what describes
/// the tensors, values come in when they are touched. Copies share the map.
class WeightFile {
public:
    /// throws    for a missing or unreadable file, one of no known format (a PyTorch pickle, a web page), and whatever
    ///           parse_safetensors and parse_caffe find
    static WeightFile open(const std::filesystem::path& path);

    const std::string& path() const { return path_; }
    const std::map<std::string, std::string>& metadata() const { return storage_->contents.metadata; }
    /// In the order of the file.
    std::span<const Entry> entries() const { return storage_->contents.entries; }
    std::vector<std::string> names() const;
    /// Null where there is none of that name.
    const Entry* find(std::string_view name) const;
    /// throws    "vgg16.safetensors: no tensor "conv6_1.weight"; the nearest is "conv5_1.weight""
    const Entry& operator[](std::string_view name) const;

    /// The values in f32, from F64, F32, F16 or BF16. Throws for other types and for values that are NaN or infinite.
    std::vector<float> read_f32(const Entry& entry) const;
    /// The values where they lie, or null unless they are F32 and aligned. Not checked for NaN.
    const float* mapped_f32(const Entry& entry) const;
    /// Keeps entries and values alive.
    std::shared_ptr<const void> keep() const { return storage_; }
    /// The whole file, to hash it.
    std::span<const std::byte> bytes() const { return storage_->bytes; }

private:
    struct Storage {
        std::shared_ptr<const void> map;
        std::span<const std::byte> bytes;
        Contents contents;
        std::map<std::string_view, const Entry*> by_name;
    };
    std::string path_;
    std::shared_ptr<const Storage> storage_;
};

}  // namespace gradus
