// kill -9 at any moment of a dream that overwrites an older picture.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <random>
#include <thread>

#include "tests/env.h"
#include "tests/faults/some_dream.h"

using namespace gradus;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// A dream of photo.png, killed after so long if a time is given. Whether it was killed, or had come to its end.
bool killed_after(const test::TempFolder& folder, std::optional<Clock::duration> time) {
    const pid_t child = fork();
    if (child == 0) {
        setenv("GRADUS_WEIGHTS", "", 1);
        if (chdir((folder / "").c_str()) == 0)
            execl(GRADUS_BINARY_DIR "/bin/gradus", "gradus", "dream", "photo.png", "-o", "x.png", "--net", "mini",
                  "--layer", "conv1_1", "--octaves", "1", "--steps", "1", "--quiet", static_cast<char*>(nullptr));
        _exit(127);
    }
    REQUIRE(child > 0);
    if (time) {
        std::this_thread::sleep_for(*time);
        kill(child, SIGKILL);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (!WIFSIGNALED(status)) REQUIRE(WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

}  // namespace

TEST_SUITE("faults") {
    TEST_CASE("killed at any moment, a dream leaves the older picture or the newer one") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        test::save_bars(folder / "photo.png", 160);
        folder.write("x.png", test::older_bytes);
        const auto start = Clock::now();
        REQUIRE(!killed_after(folder, std::nullopt));
        const auto whole = Clock::now() - start;
        const std::string newer = test::file_bytes(folder / "x.png");

        std::mt19937 random(7);
        std::uniform_real_distribution<double> share(0, 1.2);
        const int times = test::faults(12);
        int killed = 0, left_older = 0, left_newer = 0;
        for (int i = 0; i < times; ++i) {
            folder.write("x.png", test::older_bytes);
            killed += killed_after(folder, std::chrono::duration_cast<Clock::duration>(whole * share(random))) ? 1 : 0;
            const std::string left = test::file_bytes(folder / "x.png");
            left_older += left == test::older_bytes ? 1 : 0;
            left_newer += left == newer ? 1 : 0;
        }
        MESSAGE(times, " runs, ", killed, " killed, older picture left by ", left_older, ", newer by ", left_newer);
        CHECK(left_older + left_newer == times);
        CHECK(killed > 0);
    }
}
