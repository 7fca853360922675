#include "tools/image/picture_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/require.h"
#include "tools/image/image.h"
#include "weights/input_file.h"

namespace gradus {
namespace {

constexpr auto expected = "a picture";
constexpr auto input_name = "standard input", output_name = "standard output";

std::vector<std::byte> standard_input() {
    std::vector<std::byte> bytes;
    constexpr std::size_t piece = 1 << 16;
    for (std::size_t have = 0;;) {
        bytes.resize(have + piece);
        const auto got = ::read(STDIN_FILENO, bytes.data() + have, piece);
        if (got < 0 && errno == EINTR) continue;
        require(got >= 0, "{}: cannot be read ({}), expected {}", input_name, std::strerror(errno), expected);
        have += static_cast<std::size_t>(got);
        bytes.resize(have);
        if (got == 0) break;
        require(have <= largest_picture_file, "{}: found more than {} bytes, expected {} of at most that", input_name,
                largest_picture_file, expected);
    }
    require(!bytes.empty(), "{}: found nothing, expected {}", input_name, expected);
    return bytes;
}

}  // namespace

std::string picture_name(const std::filesystem::path& path) {
    return path == standard_stream ? input_name : path.string();
}

std::vector<std::byte> picture_bytes(const std::filesystem::path& path) {
    return path == standard_stream ? standard_input() : read_file(path, expected, largest_picture_file);
}

void write_to_standard_output(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        require(written >= 0, "{}: cannot be written ({})", output_name, std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void check_standard_output() {
    require(::isatty(STDOUT_FILENO) == 0, "{}: found a terminal, expected a pipe or a file for a picture", output_name);
}

}  // namespace gradus
