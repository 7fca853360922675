#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

/// A file of trained weights as its authors publish it.
struct KnownFile {
    std::string_view net;   // what it is loaded as: "vgg16"
    std::string_view file;  // its name
    std::string_view url;   // where it is; where no file can be got by itself, the page that leads to it
    std::int64_t bytes;     // 0: not known
    std::string_view
        checksum;  // as its authors publish it, "sha1:405f..." or the beginning "sha256:3979..."; else empty
    std::string_view license;
    enum class Way {
        direct,  // loaded as it is
        foreign  // a form that gradus does not read, or no file at all: somebody makes a .safetensors of it
    } way;
};

/// All of them; the first of a net is the one to get.
std::span<const KnownFile> known_files();

/// The one to get for this net; null where none is known.
const KnownFile* known_file(std::string_view net);

/// The one with this name; null where none is known.
const KnownFile* known_by_name(std::string_view file);

/// The nets of known files, each once.
std::vector<std::string> known_nets();

/// Files beside the weights that a net goes on with, if they are there: the mean picture of lenet, names of classes.
std::vector<std::string_view> companions_of(std::string_view net);

}  // namespace gradus
