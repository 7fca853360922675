// What happens when memory ends: each allocation of a small dream fails, alone or with all that follow it.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/faults/some_dream.h"
#include "tests/sanitized.h"

using namespace gradus;
namespace fs = std::filesystem;

TEST_SUITE("faults") {
    TEST_CASE("an allocation that fails ends in a sentence, and loses no picture") {
        SKIP_WITHOUT(test::program_built() && !test::sanitized, "the program, built without sanitizers");
        const test::TempFolder folder;
        test::save_bars(folder / "photo.png", 32);
        const std::string preload = "LD_PRELOAD='" GRADUS_WATCHED_MALLOC "' ";
        const auto dream = [&](const std::string& settings) {
            folder.write("x.png", test::older_bytes);
            return test::dream_in(folder, preload + settings, "--threads 2 --checkpoint x.ckpt --report x.html");
        };
        const test::Ran counted = dream("GRADUS_WATCH=count");
        REQUIRE_MESSAGE(counted.code == 0, counted.said);
        const int all = std::atoi(test::file_bytes(folder / "count").c_str());
        REQUIRE(all > 10000);
        const std::string newer = test::file_bytes(folder / "x.png");
        const int tried = std::min(all, test::faults(60));
        int refused = 0;
        for (const char* on : {"0", "1"})
            for (int i = 0; i < tried; ++i) {
                const auto number = std::to_string(1 + static_cast<long>(all) * i / tried);
                CAPTURE(number);
                CAPTURE(on);
                const test::Ran ran = dream("GRADUS_FAIL_AT=" + number + " GRADUS_FAIL_ON=" + on);
                CAPTURE(ran.said);
                const std::string left = test::file_bytes(folder / "x.png");
                CHECK((left == test::older_bytes || left == newer));
                if (ran.code == 0) {
                    CHECK(left == newer);
                } else {
                    ++refused;
                    CHECK(ran.code == 1);
                    // OpenMP's library ends the program itself where it finds none.
                    const bool by_openmp = ran.said.starts_with("\nlibgomp: ");
                    CHECK((by_openmp || (ran.said.starts_with("gradus: ") && test::has(ran.said, " memory"))));
                    CHECK(ran.said.find('\n', 1) == ran.said.size() - 1);
                }
                for (const auto& file : fs::directory_iterator(folder / ""))
                    CHECK(file.path().filename().string()[0] != '.');
            }
        CHECK(refused > tried);
    }
}
