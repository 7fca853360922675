// The seeds of the fuzzers, and what they found: whatever ended a reader once is read, or refused in a sentence.
#include <doctest/doctest.h>

#include <filesystem>

#include "engine/error.h"
#include "tests/fuzz/targets.h"
#include "tests/temp_folder.h"

using namespace gradus;

TEST_SUITE("fuzzing") {
    TEST_CASE("every file of the corpus is read or refused") {
        const struct {
            const char* name;
            fuzz::Target& read;
        } targets[] = {{"safetensors", fuzz::safetensors},
                       {"caffe", fuzz::caffe},
                       {"pictures", fuzz::pictures},
                       {"recipes", fuzz::recipes},
                       {"configuration", fuzz::configuration}};
        for (const auto& target : targets) {
            int files = 0, refused = 0;
            const std::filesystem::path folder =
                std::filesystem::path(GRADUS_SOURCE_DIR "/tests/fuzz/corpus") / target.name;
            for (const auto& entry : std::filesystem::directory_iterator(folder)) {
                CAPTURE(entry.path());
                const std::string bytes = test::file_bytes(entry.path());
                ++files;
                try {
                    target.read(std::as_bytes(std::span(bytes)));
                } catch (const Error&) {
                    ++refused;
                }
            }
            CAPTURE(target.name);
            CHECK(files > refused);
            CHECK(files >= 4);
        }
    }
}
