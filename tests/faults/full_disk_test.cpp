// A disk that is full, in two ways: no file may be longer than a few blocks, and a small file system that has no more
// room.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/faults/some_dream.h"

using namespace gradus;
namespace fs = std::filesystem;

namespace {

constexpr const char* program = "'" GRADUS_BINARY_DIR "/bin/gradus' ";

/// A command line, and what it writes that is longer than the limit.
struct Writer {
    std::string arguments, file;
    bool grows = false;  // written again and again, a line more each time
};

const std::string dream = " --net mini --layer conv1_1 --octaves 1 --steps 3 --quiet";
const std::vector<Writer> writers{
    {"dream photo.png -o x.png" + dream, "x.png"},
    {"dream photo.png -o x.jpg" + dream, "x.jpg"},
    {"dream small.png -o y.png --checkpoint x.ckpt --checkpoint-every 1" + dream, "x.ckpt"},
    {"dream small.png -o y.png --report x.html" + dream, "x.html"},
    {"dream small.png -o y.png --profile=x.json --net mini --steps 20 --quiet", "x.json"},
    {"visualize --net mini --layer conv1_1 --channel 1 --size 160 --steps 1 --quiet -o x.png", "x.png"},
    {"weights convert '" GRADUS_SOURCE_DIR "/weights/mini.safetensors' -o x.safetensors", "x.safetensors"},
    {"train classifier classes -o x.safetensors --architecture 64,64 --size 16 --batch 2 --epochs 1 --hold-out 0 "
     "--quiet",
     "x.safetensors"},
    {"train classifier classes -o y.safetensors --architecture 2 --size 16 --batch 2 --epochs 200 --hold-out 0 --quiet "
     "--log x.log",
     "x.log", true},
};

void make_pictures(const test::TempFolder& folder) {
    test::save_bars(folder / "photo.png", 160);
    test::save_bars(folder / "small.png", 48);
    for (const char* name : {"classes/a", "classes/b"}) {
        fs::create_directories(folder / name);
        test::save_bars(folder / name / "1.png", 16);
        test::save_bars(folder / name / "2.png", 16);
    }
}

/// Runs it with `before` in the same shell; "older" is what the file was before and has to be afterwards.
void check_kept(const test::TempFolder& folder, const std::string& before, const Writer& writer) {
    CAPTURE(writer.arguments);
    const test::Ran ran =
        test::run_in_shell("cd '" + (folder / "").string() + "' && export GRADUS_WEIGHTS= XDG_CACHE_HOME=. && (" +
                           before + program + writer.arguments + ") 2>&1");
    CAPTURE(ran.said);
    CHECK(ran.code == 1);
    CHECK(test::has(ran.said, writer.file + ": cannot be written ("));
    CHECK(ran.said.find("gradus: ") == ran.said.rfind("gradus: "));
}

}  // namespace

TEST_SUITE("faults") {
    TEST_CASE("what does not fit on the disk is told, and the older file stays") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        make_pictures(folder);
        for (const Writer& writer : writers) {
            folder.write(writer.file, test::older_bytes);
            check_kept(folder, "ulimit -f 16; ", writer);  // 16 blocks of 512 bytes
            const std::string left = test::file_bytes(folder / writer.file);
            if (writer.grows)
                CHECK((left.starts_with("{") && left.ends_with("}\n")));
            else
                CHECK(left == test::older_bytes);
            for (const auto& file : fs::directory_iterator(folder / ""))
                CHECK(file.path().filename().string()[0] != '.');
        }
    }
    TEST_CASE("the same on a small file system that is full") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        make_pictures(folder);
        fs::create_directory(folder / "disk");
        const std::string disk =
            "cd '" + (folder / "").string() + "' && unshare -rm sh -c 'mount -t tmpfs -o size=16k disk disk && ";
        SKIP_WITHOUT(test::run_in_shell(disk + "true' 2>&1").code == 0, "a file system of one's own (unshare)");
        const test::Ran ran = test::run_in_shell(disk +
                                                 "cd disk && echo older >x.png && head -c 8000 /dev/zero >rest && cp "
                                                 "../photo.png . 2>/dev/null; rm -f photo.png; "
                                                 "GRADUS_WEIGHTS= XDG_CACHE_HOME=. \"" GRADUS_BINARY_DIR
                                                 "/bin/gradus\" dream ../photo.png -o x.png" +
                                                 dream + "; echo code $? && cat x.png && ls -A' 2>&1");
        CHECK(ran.said == "gradus: x.png: cannot be written (No space left on device)\ncode 1\nolder\nrest\nx.png\n");
    }
    TEST_CASE("what cannot be printed is told") {
        SKIP_WITHOUT(test::program_built() && fs::exists("/dev/full"), "the program, built, and /dev/full");
        const test::TempFolder folder;
        for (const char* arguments : {"layers mini", "weights list", "--help"}) {
            CAPTURE(arguments);
            const test::Ran ran =
                test::run_in_shell(std::string("GRADUS_WEIGHTS= ") + program + arguments + " 2>&1 >/dev/full");
            CHECK(ran.code == 1);
            CHECK(test::has(ran.said, "gradus: standard output: cannot be written (No space left on device)\n"));
        }
    }
    TEST_CASE("where messages cannot be written, the picture is") {
        SKIP_WITHOUT(test::program_built() && fs::exists("/dev/full"), "the program, built, and /dev/full");
        const test::TempFolder folder;
        make_pictures(folder);
        for (const char* elsewhere : {" 2>/dev/full", " 2>&-", " <&- >&- 2>&-"}) {
            CAPTURE(elsewhere);
            const std::string command = "cd '" + (folder / "").string() + "' && { GRADUS_WEIGHTS= " + program +
                                        "dream photo.png -o out.png --net mini --layer conv1_1 --octaves 1 --steps 1";
            CHECK(test::run_in_shell(command + elsewhere + "; }").code == 0);
            CHECK(load_image(folder / "out.png").width > 0);
            fs::remove(folder / "out.png");
            CHECK(test::run_in_shell(std::string(program) + "frob" + elsewhere).code == 2);
        }
    }
}
