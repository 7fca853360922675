#include "weights/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>

#include "engine/require.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

/// Where a chain of symbolic links ends, whether or not there is a file.
fs::path follow_links(fs::path path, const std::string& name) {
    for (int links = 0; links < 40; ++links) {
        std::error_code error;
        const auto next = fs::read_symlink(path, error);
        if (error) return path;            // not a link
        path = path.parent_path() / next;  // an absolute `next` replaces the whole
    }
    throw Error(fmt::format("{}: found a circle of symbolic links, expected a file or nothing there", name));
}

/// The permissions of the file that will be replaced; nothing where there is none.
std::optional<mode_t> older_permissions(const fs::path& target, const std::string& name) {
    struct stat info = {};
    if (::stat(target.c_str(), &info) != 0) {
        require(errno == ENOENT, "{}: cannot be written ({})", name, std::strerror(errno));
        return std::nullopt;
    }
    require(S_ISREG(info.st_mode), "{}: found {}, expected a file or nothing there", name,
            S_ISDIR(info.st_mode) ? "a directory" : "something that is not a regular file");
    require(::access(target.c_str(), W_OK) == 0, "{}: found a file that may not be written to, expected a writable one",
            name);
    return info.st_mode & 07777;
}

}  // namespace

OutputFile::OutputFile(const fs::path& path) : name_(path.string()) {
    require(path.has_filename(), "{}: found no file name, expected the name of a file to write",
            name_.empty() ? "the output" : name_);
    target_ = follow_links(path, name_);
    const auto folder = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
    require(fs::is_directory(folder), "{}: found no folder {}, expected one to write into", name_, folder.string());
    const auto permissions = older_permissions(target_, name_);

    static std::atomic<unsigned> count = 0;
    do {
        temporary_ = folder / fmt::format(".gradus-{}-{}.tmp", ::getpid(), count++);
        descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (descriptor_ < 0 && errno == EEXIST);
    require_done(descriptor_ >= 0);
    if (permissions && ::fchmod(descriptor_, *permissions) != 0) {
        const int error = errno;
        discard();
        errno = error;
        require_done(false);
    }
}

OutputFile::~OutputFile() {
    if (descriptor_ >= 0) discard();
}

void OutputFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        require_done(written >= 0);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void OutputFile::commit() {
    require_done(::fsync(descriptor_) == 0);
    require_done(::rename(temporary_.c_str(), target_.c_str()) == 0);
    // From here on the new file is in place: nothing may fail any more.
    ::close(std::exchange(descriptor_, -1));
    const auto folder = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
        ::fsync(directory);  // so that the rename, too, survives a power cut
        ::close(directory);
    }
}

void OutputFile::require_done(bool done) const {
    require(done, "{}: cannot be written ({})", name_, std::strerror(errno));
}

void OutputFile::discard() {
    ::close(std::exchange(descriptor_, -1));
    ::unlink(temporary_.c_str());
}

}  // namespace gradus
