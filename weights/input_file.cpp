#include "weights/input_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/require.h"

namespace gradus {
namespace {

/// A regular file with something in it, open for reading.
struct OpenFile {
    std::string name;
    std::string_view expected;
    int descriptor = -1;
    std::size_t size = 0;

    OpenFile(const std::filesystem::path& path, std::string_view expected_) : name(path.string()), expected(expected_) {
        // Without O_NONBLOCK opening a pipe would wait for its writer.
        descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (descriptor < 0) failed(errno);
        struct stat info = {};
        ::fstat(descriptor, &info);
        const bool regular = S_ISREG(info.st_mode);
        size = static_cast<std::size_t>(info.st_size);
        if (!regular || size == 0) ::close(descriptor);  // no destructor runs when a constructor throws
        require(regular, "{}: found {}, expected {}", name,
                S_ISDIR(info.st_mode) ? "a directory" : "something that is not a regular file", expected);
        require(size > 0, "{}: found an empty file, expected {}", name, expected);
    }
    ~OpenFile() { ::close(descriptor); }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    [[noreturn]] void failed(int error) const {
        require(error != ENOENT && error != ENOTDIR, "{}: found no such file, expected {}", name, expected);
        throw Error(fmt::format("{}: cannot be read ({}), expected {}", name, std::strerror(error), expected));
    }
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, std::string_view expected) {
    const OpenFile file(path, expected);
    void* start = ::mmap(nullptr, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0);
    if (start == MAP_FAILED) file.failed(errno);
    keep_ = std::shared_ptr<const void>(start, [size = file.size](void* p) { ::munmap(p, size); });
    bytes_ = {static_cast<const std::byte*>(start), file.size};
}

std::vector<std::byte> read_file(const std::filesystem::path& path, std::string_view expected, std::size_t most) {
    const OpenFile file(path, expected);
    require(file.size <= most, "{}: found {} bytes, expected {} of at most {}", file.name, file.size, expected, most);
    std::vector<std::byte> bytes(file.size);
    std::size_t have = 0;
    while (have < bytes.size()) {
        const auto got = ::read(file.descriptor, bytes.data() + have, bytes.size() - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) file.failed(errno);
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

}  // namespace gradus
