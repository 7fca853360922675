#include "tools/process/process.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/error.h"

using namespace gradus;

namespace {

std::string all_of(Process& process) {
    std::string text;
    std::vector<std::byte> piece(100);
    while (const std::size_t n = process.read(piece)) text.append(reinterpret_cast<const char*>(piece.data()), n);
    return text;
}

}  // namespace

TEST_SUITE("other programs") {
    TEST_CASE("words reach a program as they are, and its output and exit code come back") {
        Process process({"printf", "%s|", "two words", "$HOME", "-x", "a'b\"c"}, "");
        CHECK(all_of(process) == "two words|$HOME|-x|a'b\"c|");
        CHECK(process.wait() == 0);
        Process no({"false"}, "");
        CHECK(no.wait() == 1);
        CHECK(no.wait() == 1);
    }
    TEST_CASE("bytes go in") {
        Process process({"head", "-c", "5"}, "");
        CHECK(process.write(std::as_bytes(std::span("hello", 5))));
        CHECK(all_of(process) == "hello");
        CHECK(process.wait() == 0);
    }
    TEST_CASE("who reads no more is no end of the program that writes") {
        Process process({"sh", "-c", "exec <&-; echo full >&2; exit 3"}, "");
        const std::vector<std::byte> much(1 << 20);
        CHECK(!process.write(much));
        CHECK(process.wait() == 3);
        CHECK(process.said() == "full\n");
    }
    TEST_CASE("however much is said on stderr, nobody waits for another, and the beginning is kept") {
        Process process({"sh", "-c", "echo first >&2; head -c 300000 /dev/zero >&2; echo out"}, "");
        CHECK(all_of(process) == "out\n");
        CHECK(process.wait() == 0);
        CHECK(process.said().size() == 4096);
        CHECK(process.said().starts_with("first\n"));
    }
    TEST_CASE("a program that is not needed any more ends") {
        { Process process({"sleep", "1000"}, ""); }
        Process process({"sh", "-c", "kill -9 $$"}, "");
        CHECK(process.wait() == -1);
    }
    TEST_CASE("how it ended is known where the ends of children were ignored, and else it is no success") {
        std::signal(SIGCHLD, SIG_IGN);
        Process fails({"false"}, "");
        CHECK(fails.wait() == 1);
        Process unknown({"cat"}, "");
        std::signal(SIGCHLD, SIG_IGN);
        CHECK(unknown.wait() == -1);
        CHECK(unknown.wait() == -1);
        std::signal(SIGCHLD, SIG_DFL);
    }
    TEST_CASE("one that is not there is told with what to do") {
        CHECK(test::error_of([] { Process({"gradus-no-such-program"}, "install it"); }) ==
              "gradus-no-such-program: found no such program; install it");
    }
    TEST_CASE("Ctrl-C is not for it, and no signal is held back from it") {
        Process process({"sh", "-c", "ps -o pgid= -p $$; grep SigBlk /proc/self/status"}, "");
        const std::string said = all_of(process);
        CHECK(!said.starts_with(std::to_string(getpgrp()) + "\n"));
        CHECK(test::has(said, "0000000000000000"));
    }
}
