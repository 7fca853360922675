// `gradus train classifier` as a user runs it: killed and resumed, and what it says when something is wrong.
#include <filesystem>
#include <string>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tests/tools/train/class_folders.h"

using namespace gradus;

namespace {

namespace fs = std::filesystem;

constexpr const char* program = "'" GRADUS_BINARY_DIR "/bin/gradus'";

/// Classes of eight pictures of noise each.
void make_classes(const fs::path& folder, int classes) {
    for (int c = 0; c < classes; ++c)
        for (int i = 0; i < 8; ++i)
            test::put(folder / ("class" + std::to_string(c)) / (std::to_string(i) + ".ppm"),
                      test::ppm_of(test::noise_picture(20, 20, 8 * c + i)));
}

/// Some epochs of a small net, with these options, too.
std::string training(const std::string& more, const std::string& folder = "pictures") {
    return "train classifier " + folder +
           " -o net.safetensors --architecture 8,P,16 --size 16 --batch 4 --hold-out 0.25 --epochs 20 " +
           (test::has(more, "--rate") ? "" : "--rate 0.05 ") + more;
}

test::Ran run(const fs::path& folder, const std::string& arguments) { return test::gradus_in(folder, arguments); }

}  // namespace

TEST_SUITE("train command") {
    TEST_CASE("one that is killed goes on from its checkpoint, and ends with the same bytes and the same log") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder whole, killed;
        for (const test::TempFolder* folder : {&whole, &killed}) make_classes(*folder / "pictures", 2);
        const test::Ran done = run(whole / "", training("--log log.json"));
        REQUIRE_MESSAGE(done.code == 0, done.said);

        const std::string keep = training("--log log.json --checkpoint run.ckpt --checkpoint-every 7");
        test::run_in_shell("cd '" + (killed / "").string() + "' && { " + program + " " + keep +
                           " >said 2>&1 & pid=$!; while kill -0 $pid && [ ! -e run.ckpt ]; do sleep 0.005; done; "
                           "kill -9 $pid; wait $pid; } 2>/dev/null");
        REQUIRE(fs::exists(killed / "run.ckpt"));
        REQUIRE_MESSAGE(!fs::exists(killed / "net.safetensors"), "it was done before it could be killed");
        const test::Ran resumed = run(killed / "", keep + " --resume run.ckpt");
        CHECK_MESSAGE(resumed.code == 0, resumed.said);
        CHECK(test::file_bytes(killed / "net.safetensors") == test::file_bytes(whole / "net.safetensors"));
        const auto losses = [](const std::string& log) {  // without the pictures per second
            std::string text;
            for (std::size_t at = 0; (at = log.find("\"loss\":", at)) != std::string::npos; ++at)
                text += log.substr(at, log.find("\"pictures", at) - at);
            return text;
        };
        const std::string expected = losses(test::file_bytes(whole / "log.json"));
        CHECK(expected.size() > 20 * 10);
        CHECK(losses(test::file_bytes(killed / "log.json")) == expected);
    }

    TEST_CASE("what goes wrong is told in a sentence, and nothing is half-written") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        make_classes(folder / "pictures", 2);
        make_classes(folder / "three", 3);

        const test::Ran wild =
            run(folder / "", training("--no-batch-norm --rate 1000 --warm-up 0 --checkpoint run.ckpt"));
        CHECK(wild.code == 1);
        CHECK(test::has(wild.said, "the loss or its gradient was not finite at step "));
        CHECK(test::has(wild.said, "the last checkpoint is as it was"));
        CHECK(!fs::exists(folder / "net.safetensors"));

        const test::Ran kept = run(folder / "", training("--checkpoint run.ckpt --checkpoint-every 40"));
        REQUIRE_MESSAGE(kept.code == 0, kept.said);
        fs::remove(folder / "net.safetensors");
        const test::Ran other = run(folder / "", training("--resume run.ckpt", "three"));
        CHECK(other.code == 1);
        CHECK_MESSAGE(test::has(other.said, "run.ckpt: "), other.said);
        CHECK_MESSAGE(test::has(other.said, "three"), other.said);
        // As a full disk does, this ends what is written in the middle.
        const test::Ran full =
            test::run_in_shell("cd '" + (folder / "").string() + "' && (trap '' XFSZ; ulimit -f 4; " + program + " " +
                               training("--quiet") + ") 2>&1");
        CHECK(full.code == 1);
        CHECK_MESSAGE(test::has(full.said, "net.safetensors"), full.said);
        CHECK(!fs::exists(folder / "net.safetensors"));

        test::put(folder / "pictures/class0/broken.png", "no picture");
        const test::Ran broken = run(folder / "", training(""));
        CHECK(broken.code == 0);
        CHECK_MESSAGE(test::has(broken.said, "broken.png"), broken.said);
        CHECK_MESSAGE(test::has(broken.said, "could not be read and were skipped"), broken.said);
    }
}
