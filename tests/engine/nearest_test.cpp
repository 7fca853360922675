#include "engine/nearest.h"

#include <doctest/doctest.h>

#include <vector>

#include "engine/in_quotes.h"

using namespace gradus;

TEST_SUITE("nearest") {
    TEST_CASE("names what was probably meant, best first") {
        const std::vector<std::string> layers{"conv1_1", "relu4_1", "relu4_2", "pool5"};
        CHECK(nearest("relu4_3", layers) == R"(the nearest are "relu4_1" and "relu4_2")");
        CHECK(nearest("poool5", layers) == R"(the nearest is "pool5")");
    }
    TEST_CASE("a swap of neighbors is one edit, not two") {
        CHECK(nearest("abc", std::vector<std::string>{"xbcy", "acb"}) == R"(the nearest are "acb" and "xbcy")");
    }
    TEST_CASE("case does not matter") {
        CHECK(nearest("GOOGLENET", std::vector<std::string>{"vgg16", "googlenet"}) == R"(the nearest is "googlenet")");
    }
    TEST_CASE("a part of a name goes before a similar name") {
        const std::vector<std::string> choices{"output_4d", "inception_4c/output"};
        CHECK(nearest("output", choices) == R"(the nearest is "output_4d")");
        CHECK(nearest("4c/output", choices) == R"(the nearest is "inception_4c/output")");
    }
    TEST_CASE("at most three, in their own order when they are equally near") {
        CHECK(nearest("fire", std::vector<std::string>{"fire2", "fire3", "fire4", "fire5"}) ==
              R"(the nearest are "fire2", "fire3" and "fire4")");
    }
    TEST_CASE("there is always an answer") {
        CHECK(nearest("x", {}) == "there is none");
        CHECK(nearest("", std::vector<std::string>{"a"}) == R"(the nearest is "a")");
        CHECK(nearest(std::string(1 << 20, 'x'), std::vector<std::string>{std::string(1 << 20, 'y')}).size() < 120);
    }
}

TEST_SUITE("in_quotes") {
    TEST_CASE("a hostile name cannot reach the terminal") {
        CHECK(in_quotes("a\x1b[2Jb\n") == R"("a?[2Jb?")");
        CHECK(in_quotes(std::string(500, 'x')) == '"' + std::string(80, 'x') + R"(...")");
    }
    TEST_CASE("a long name is never cut inside a character") {
        CHECK(in_quotes(std::string(79, 'x') + "\u00e9\u00e9") == '"' + std::string(79, 'x') + R"(...")");
    }
}
