#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace gradus {

/// What a weight file was found to be.
struct Intact {
    std::size_t tensors = 0;
    std::uint64_t values = 0;
    std::string sha256;
    std::string as;  // "published", "recorded" when it was got; empty: nobody says what it should be
};

/// Reads a whole weight file: that it can be parsed, that every number is finite, that size and hash are those that its
/// authors publish or that were recorded when it was got. `name`, if not its own, is what it is known by.
///
/// cost      a pass over the values and one for the hash: about 1 GB/s; no memory but the map
/// throws    what WeightFile finds; "vgg16.caffemodel: found 5 bytes, expected 553432081"; the same for hashes
Intact check_intact(const std::filesystem::path& file, std::string name = {});

}  // namespace gradus
