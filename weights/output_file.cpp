#include "weights/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <vector>

#include "engine/require.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view temporary_start = ".gradus-", temporary_end = ".tmp";

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

fs::path folder_of(const fs::path& target) { return target.has_parent_path() ? target.parent_path() : fs::path("."); }

/// So that a rename in it, too, survives a power cut.
void sync_folder(const fs::path& folder) {
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

/// The file to be put in place: with these permissions, and on the disk. 0, or why not.
int sync_file(const fs::path& file, const std::optional<mode_t>& permissions) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    const bool done = (!permissions || ::fchmod(descriptor, *permissions) == 0) && ::fsync(descriptor) == 0;
    const int error = done ? 0 : errno;
    ::close(descriptor);
    return error;
}

void copy_in_place(const fs::path& from, const fs::path& to) {
    OutputFile file(to);
    std::ifstream in(from, std::ios::binary);
    std::vector<char> piece(1 << 20);
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0)
        file.write(std::as_bytes(std::span(piece).first(static_cast<std::size_t>(in.gcount()))));
    require(in.eof(), "{}: cannot be read to its end", from.string());
    file.commit();
    ::unlink(from.c_str());
}

}  // namespace

OutputFile::OutputFile(const fs::path& path) : name_(path.string()) {
    require(path.has_filename(), "{}: found no file name, expected the name of a file to write",
            name_.empty() ? "the output" : name_);
    target_ = follow_links(path, name_);
    const fs::path folder = folder_of(target_);
    require(fs::is_directory(folder), "{}: found no folder {}, expected one to write into", name_, folder.string());
    const auto permissions = older_permissions(target_, name_);

    static std::atomic<unsigned> count = 0;
    do {
        temporary_ = folder / fmt::format("{}{}-{}{}", temporary_start, ::getpid(), count++, temporary_end);
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
    sync_folder(folder_of(target_));
}

void OutputFile::require_done(bool done) const {
    require(done, "{}: cannot be written ({})", name_, std::strerror(errno));
}

void OutputFile::discard() {
    ::close(std::exchange(descriptor_, -1));
    ::unlink(temporary_.c_str());
}

void put_in_place(const fs::path& from, const fs::path& to) {
    const std::string name = to.string();
    const fs::path target = follow_links(to, name);
    const int failed = sync_file(from, older_permissions(target, name));
    require(failed == 0, "{}: cannot be written ({})", name, std::strerror(failed));
    if (::rename(from.c_str(), target.c_str()) == 0) return sync_folder(folder_of(target));
    require(errno == EXDEV, "{}: cannot be written ({})", name, std::strerror(errno));
    copy_in_place(from, to);
}

void remove_unfinished(const fs::path& folder) {
    std::error_code failed;
    std::vector<fs::path> found;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
        const std::string name = entry->path().filename().string();
        if (name.starts_with(temporary_start) && name.ends_with(temporary_end)) found.push_back(entry->path());
    }
    for (const fs::path& file : found) ::unlink(file.c_str());
}

}  // namespace gradus
