#include "tools/cli/progress.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include "tests/env.h"

using namespace gradus;

namespace {

/// Whether there are terminals to open; a chroot may have none.
bool terminals() {
    const int one = posix_openpt(O_RDWR | O_NOCTTY);
    const bool there = one >= 0 && grantpt(one) == 0;
    if (one >= 0) close(one);
    return there;
}

/// What `work` says on stderr, which is a terminal or not.
std::string said(bool terminal, const std::function<void()>& work) {
    int ends[2];  // to read, to write
    if (terminal) {
        ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
        REQUIRE(grantpt(ends[0]) == 0);
        REQUIRE(unlockpt(ends[0]) == 0);
        ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY);
    } else {
        REQUIRE(pipe(ends) == 0);
    }
    REQUIRE(ends[1] >= 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        work();
        _exit(0);
    }
    REQUIRE(child > 0);
    close(ends[1]);
    std::string text;
    char piece[512];
    // A terminal that nobody writes to any more ends in an error.
    for (ssize_t n = 0; (n = read(ends[0], piece, sizeof(piece))) > 0;) text.append(piece, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    return text;
}

void steps(int count, bool quiet) {
    Progress progress({.what = "saliency", .steps = count, .quiet = quiet, .step = "sample"});
    for (int i = 1; i <= count; ++i) progress.step(i, "smoothgrad");
}

}  // namespace

TEST_SUITE("progress") {
    TEST_CASE("a terminal has one line that is rewritten and ended") {
        SKIP_WITHOUT(terminals(), "terminals to open (/dev/pts)");
        const std::string text = said(true, [] { steps(2, false); });
        CHECK(text ==
              "\r\x1b[Ksaliency: smoothgrad, sample 1/2\r\x1b[Ksaliency: smoothgrad, sample 2/2, 0 s in "
              "all\r\n");
    }
    TEST_CASE("elsewhere there are plain lines, of which the last step has one") {
        const std::string text = said(false, [] { steps(3, false); });
        CHECK(text == "saliency: smoothgrad, sample 1/3\nsaliency: smoothgrad, sample 3/3, 0 s in all\n");
        CHECK(said(false, [] { Progress({.what = "climb", .steps = 1}).step(1, "", 0.25); }) ==
              "climb: step 1/1, objective 0.25, 0 s in all\n");
    }
    TEST_CASE("quiet is silent") {
        if (terminals()) CHECK(said(true, [] { steps(3, true); }).empty());
        CHECK(said(false, [] { steps(3, true); }).empty());
    }
    TEST_CASE("a run of more than a minute says beforehand how long it takes, and how much memory") {
        const auto run = [](std::vector<Stage> stages) {
            return said(false, [&] {
                Progress progress({.what = "dream", .stages = stages});
                for (int i = 1; i <= 3; ++i) {
                    progress.step(i, "", {}, 420'000'000);
                    std::this_thread::sleep_for(std::chrono::milliseconds(600));
                }
            });
        };
        CHECK(run({{3}, {10}}).find("will take") == std::string::npos);
        // The steps that are left take as long as those that were seen, in numbers, or each by itself.
        for (const std::string& text : {run({{3}, {300}}), run({{3}, {3, 100}})}) {
            const std::string told = "dream: will take about ";
            REQUIRE(text.find(told) != std::string::npos);
            const int minutes = std::stoi(text.substr(text.find(told) + told.size()));
            CHECK(minutes >= 3);
            CHECK(minutes < 9);  // on a machine that has other work
            CHECK(text.find(" and 420 MB\n") != std::string::npos);
        }
    }
}
