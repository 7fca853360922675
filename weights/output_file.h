#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace gradus {

/// A file that appears whole or not at all: what is written goes to a temporary file in the same folder, and commit()
/// puts it in place, over an older file, in one step. Without commit() the temporary file goes away and an older file
/// stays as it was. Symbolic links are followed; the permissions of an older file are kept.
///
/// Making one checks that the place can be written to, so that a long run can ask before it starts:
/// `OutputFile{"dream.png"};`
///
/// throws    "out.png: found a directory, expected a file or nothing there", the same for what is no regular file or
/// not
///           writable; "out.png: cannot be written (No space left on device)"
class OutputFile {
public:
    explicit OutputFile(const std::filesystem::path& path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void write(std::span<const std::byte> bytes);
    /// Flushes to the disk, then renames.
    void commit();

private:
    void require_done(bool done) const;
    void discard();

    std::string name_;  // as the caller gave it, for messages
    std::filesystem::path target_, temporary_;
    int descriptor_ = -1;
};

/// Puts a finished file, which another program may have written, in the place of `to`, as OutputFile::commit() does: on
/// the disk before it appears, over an older file in one step, at the end of symbolic links, with the permissions of
/// the older file. Where the place is on another disk, it is copied there.
///
/// throws    as OutputFile does
void put_in_place(const std::filesystem::path& from, const std::filesystem::path& to);

/// Removes the temporary files of programs that were ended from a folder in which nobody else is writing.
void remove_unfinished(const std::filesystem::path& folder);

}  // namespace gradus
