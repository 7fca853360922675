#include "weights/file.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "tests/error.h"
#include "tests/temp_folder.h"
#include "weights/input_file.h"
#include "weights/output_file.h"

using namespace gradus;
namespace fs = std::filesystem;

namespace {
std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

void write_out(const fs::path& path, std::string_view text) {
    OutputFile file(path);
    file.write(bytes(text));
    file.commit();
}
}  // namespace

TEST_SUITE("weight files") {
    TEST_CASE("a file that cannot be one is refused by what it is") {
        const test::TempFolder folder;
        const auto open = [&](const char* name, std::string_view content) {
            WeightFile::open(folder.write(name, content));
        };
        CHECK_ERROR(open("a.pth", "PK\3\4zip"), "found a PyTorch pickle");
        CHECK_ERROR(open("a.pth", std::string_view("\x80\x02\x8a\x0al", 5)), "found a PyTorch pickle");
        CHECK_ERROR(open("a.caffemodel", "<!DOCTYPE html>"), "found a text that stands in for the file");
        CHECK_ERROR(open("a.caffemodel", "version https://git-lfs.github.com/spec/v1\n"), "stands in");
        CHECK_ERROR(open("a.bin", ""), "found an empty file, expected a weight file");
        CHECK_ERROR(open("a.safetensors", "not at all"), "the header claims");
        CHECK_ERROR(WeightFile::open(folder / "none.bin"), "none.bin: found no such file, expected a weight file");
        CHECK_ERROR(WeightFile::open(folder / "."), "found a directory");
        CHECK_ERROR(WeightFile::open("/dev/null"), "not a regular file");
    }
}

TEST_SUITE("input files") {
    TEST_CASE("are read whole, up to a limit, and a pipe does not hang") {
        const test::TempFolder folder;
        const auto path = folder.write("a", std::string(10, 'x'));
        CHECK(read_file(path, "a text", 10).size() == 10);
        CHECK(MappedFile(path, "a text").bytes().size() == 10);
        CHECK_ERROR(read_file(path, "a text", 9), "found 10 bytes, expected a text of at most 9");
        REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
        CHECK_ERROR(read_file(folder / "pipe", "a text", 10), "not a regular file");
    }
}

TEST_SUITE("output files") {
    TEST_CASE("appear when they are committed, and not before") {
        const test::TempFolder folder;
        {
            OutputFile file(folder / "a");
            file.write(bytes("hello "));
            file.write(bytes("there"));
            CHECK(!fs::exists(folder / "a"));
            file.commit();
        }
        CHECK(test::file_bytes(folder / "a") == "hello there");
        CHECK(folder.files() == 1);
    }
    TEST_CASE("leave the older file and nothing else when they are given up") {
        const test::TempFolder folder;
        const auto path = folder.write("a", "older");
        { OutputFile(path).write(bytes("newer")); }
        CHECK(test::file_bytes(path) == "older");
        CHECK(folder.files() == 1);
    }
    TEST_CASE("leave the older file and nothing else when the disk is full") {
        const test::TempFolder folder;
        const auto path = folder.write("a", "older");
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{}, small{};
        getrlimit(RLIMIT_FSIZE, &before);
        small = {1000, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        CHECK_ERROR(write_out(path, std::string(2000, 'x')), "a: cannot be written (File too large)");
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
        CHECK(test::file_bytes(path) == "older");
        CHECK(folder.files() == 1);
    }
    TEST_CASE("keep the permissions of the older file; a new one gets the usual ones") {
        const test::TempFolder folder;
        const auto older = folder.write("a", "older");
        fs::permissions(older, fs::perms::owner_read | fs::perms::owner_write);
        write_out(older, "newer");
        CHECK(fs::status(older).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
        CHECK(test::file_bytes(older) == "newer");

        const auto mask = umask(0027);
        write_out(folder / "b", "new");
        umask(mask);
        CHECK((static_cast<unsigned>(fs::status(folder / "b").permissions()) & 0777) == 0640);
    }
    TEST_CASE("follow symbolic links to their end, there or not") {
        const test::TempFolder folder;
        fs::create_directory(folder / "far");
        folder.write("far/a", "older");
        fs::create_symlink("far/link", folder / "first");
        fs::create_symlink("a", folder / "far/link");
        write_out(folder / "first", "newer");
        CHECK(test::file_bytes(folder / "far/a") == "newer");
        CHECK(fs::is_symlink(folder / "first"));

        fs::create_symlink("far/b", folder / "dangling");
        write_out(folder / "dangling", "new");
        CHECK(test::file_bytes(folder / "far/b") == "new");

        fs::create_symlink("circle", folder / "circle");
        CHECK_ERROR(OutputFile(folder / "circle"), "a circle of symbolic links");
    }
    TEST_CASE("of another program take their place in the same way, from another disk, too") {
        const test::TempFolder folder;
        fs::create_directory(folder / "far");
        fs::permissions(folder.write("far/a", "older"), fs::perms::owner_read | fs::perms::owner_write);
        fs::create_symlink("far/a", folder / "link");
        const auto right = [&](std::string_view content) {
            CHECK(test::file_bytes(folder / "far/a") == content);
            CHECK(fs::is_symlink(folder / "link"));
            CHECK(fs::status(folder / "far/a").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
            CHECK(folder.files() == 2);
        };
        put_in_place(folder.write("new", "newer"), folder / "link");
        right("newer");
        CHECK_ERROR(put_in_place(folder / "none", folder / "link"), "link: cannot be written (No such file");
        CHECK_ERROR(put_in_place(folder / "far/a", folder / "far"), "found a directory");
        if (const fs::path other = "/dev/shm"; fs::is_directory(other)) {
            const fs::path from = other / fmt::format("gradus-test-{}", getpid());
            write_out(from, std::string(3 << 20, 'x') + "end");
            put_in_place(from, folder / "link");
            right(std::string(3 << 20, 'x') + "end");
            CHECK(!fs::exists(from));
        }
    }
    TEST_CASE("that a killed program left unfinished can be removed") {
        const test::TempFolder folder;
        folder.write(".gradus-12-3.tmp", "x");
        folder.write("a.tmp", "x");
        remove_unfinished(folder / ".");
        CHECK(folder.files() == 1);
        remove_unfinished(folder / "none");
    }
    TEST_CASE("refuse places that cannot be written to") {
        const test::TempFolder folder;
        CHECK_ERROR(OutputFile(folder / "."), "found a directory, expected a file or nothing there");
        CHECK_ERROR(OutputFile(folder / ""), "found no file name");
        CHECK_ERROR(OutputFile(""), "found no file name");
        CHECK_ERROR(OutputFile(folder / "none/a"), "found no folder");
        CHECK_ERROR(OutputFile(folder.write("file", "x") / "a"), "found no folder");
        CHECK_ERROR(OutputFile("/dev/null"), "not a regular file");
        CHECK_ERROR(OutputFile(folder / std::string(300, 'x')), "cannot be written");
        if (geteuid() != 0) {
            const auto locked = folder.write("locked", "older");
            fs::permissions(locked, fs::perms::owner_read);
            CHECK_ERROR(OutputFile{locked}, "may not be written to");
        }
    }
}
