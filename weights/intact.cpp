#include "weights/intact.h"

#include "engine/require.h"
#include "weights/file.h"
#include "weights/input_file.h"
#include "weights/manifest.h"
#include "weights/numbers.h"
#include "weights/record.h"
#include "weights/sha1.h"
#include "weights/sha256.h"

namespace gradus {
namespace {

/// Size and checksum as published; whether there was a checksum.
bool check_published(const KnownFile& known, std::span<const std::byte> bytes, const std::string& sha256,
                     const std::string& file) {
    const auto size = static_cast<std::int64_t>(bytes.size());
    require(known.bytes == 0 || size == known.bytes, "{}: found {} bytes, expected the {} that its authors publish",
            file, size, known.bytes);
    if (known.checksum.empty()) return false;
    const auto colon = known.checksum.find(':');
    const std::string_view kind = known.checksum.substr(0, colon), expected = known.checksum.substr(colon + 1);
    const std::string found = kind == "sha1" ? sha1(bytes) : sha256;
    require(found.starts_with(expected), "{}: found the {} {}, expected {}{} as its authors publish it", file,
            kind == "sha1" ? "SHA-1" : "SHA-256", found, expected, expected.size() < found.size() ? "..." : "");
    return true;
}

}  // namespace

Intact check_intact(const std::filesystem::path& path, std::string name) {
    if (name.empty()) name = path.filename().string();
    // Size and hash before the content: of a file that was cut short they say more.
    const MappedFile map(path, "a weight file (safetensors or Caffe)");
    Intact intact{.sha256 = sha256(map.bytes()), .as = {}};
    const KnownFile* known = known_by_name(name);
    if (known != nullptr && check_published(*known, map.bytes(), intact.sha256, path.string())) intact.as = "published";
    if (const auto recorded = recorded_sha256(path.parent_path() / name)) {
        require(*recorded == intact.sha256, "{}: found the SHA-256 {}, expected {} as it was when it was got",
                path.string(), intact.sha256, *recorded);
        if (intact.as.empty()) intact.as = "recorded";
    }
    const WeightFile file = WeightFile::open(path);
    for (const Entry& entry : file.entries()) {
        if (is_floating(entry.type)) read_pieces(entry, path.string(), [](std::span<const float>) {});
        ++intact.tensors;
        intact.values += entry.bytes.size() / size_of(entry.type);
    }
    return intact;
}

}  // namespace gradus
