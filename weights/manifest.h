#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace gradus {

/// A file of trained weights as its authors publish it.
struct KnownFile {
    std::string_view net;   // what it is loaded as: "vgg16"
    std::string_view file;  // its name
    std::string_view url;
    std::int64_t bytes;  // 0: not known
    std::string_view
        checksum;  // as its authors publish it, "sha1:405f..." or the beginning "sha256:3979..."; else empty
    std::string_view license;
    bool direct;  // loaded as it is; others go through `gradus weights convert` first
};

/// All of them; the first of a net is the one to get.
std::span<const KnownFile> known_files();

/// The one to get for this net; null where no download is known.
const KnownFile* known_file(std::string_view net);

}  // namespace gradus
