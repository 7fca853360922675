// Minutes of work, so only where GRADUS_LONG_TESTS is set:
//     GRADUS_LONG_TESTS=1 build/bin/gradus_tests -tc="twenty classes*"
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/env.h"
#include "tests/program.h"
#include "tests/temp_folder.h"

using namespace gradus;

namespace {

// Chosen before any of them was tried: animals, plants, things and places.
const char* const classes[] = {"goldfish",   "flamingo",  "king penguin", "tiger",     "zebra",
                               "strawberry", "volcano",   "grand piano",  "teapot",    "monarch",
                               "jellyfish",  "peacock",   "scorpion",     "ladybug",   "starfish",
                               "lemon",      "pineapple", "castle",       "accordion", "school bus"};

}  // namespace

TEST_SUITE("visualize") {
    TEST_CASE("twenty classes are what the net sees in their pictures, saved and read again") {
        SKIP_WITHOUT(std::getenv("GRADUS_LONG_TESTS"), "GRADUS_LONG_TESTS");
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const auto weights = std::filesystem::absolute(*test::weights_dir());
        const test::TempFolder folder;
        for (const std::string name : classes) {
            CAPTURE(name);
            const test::Ran made =
                test::gradus_in(folder / "", "visualize --quiet --class '" + name + "' -o class.png", weights);
            REQUIRE(made.code == 0);
            const test::Ran seen = test::gradus_in(folder / "", "classify --json --quiet class.png", weights);
            REQUIRE(seen.code == 0);
            const auto top = nlohmann::json::parse(seen.said)["top"][0];
            const std::string label = top["label"];
            MESSAGE(name, ": ", label, " ", top["probability"].dump());
            CHECK(label.find(name) != std::string::npos);
            CHECK(top["probability"].get<double>() > 0.99);
        }
    }
}
