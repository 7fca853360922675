// What the program does with input that cannot work, as a user runs it: it says so in one sentence, soon, with the
// right exit code, takes no memory for it, and leaves everything as it was.
#include <algorithm>
#include <map>
#include <sstream>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/program.h"
#include "tests/sanitized.h"
#include "tests/temp_folder.h"
#include "tests/tools/bad/input.h"

namespace {

namespace fs = std::filesystem;
using gradus::test::BadInput;

#if defined(NDEBUG)
constexpr bool fast = !gradus::test::sanitized;
#else
constexpr bool fast = false;
#endif
constexpr double slower = fast ? 1 : 20;
constexpr bool measures_memory = !gradus::test::sanitized;

/// What the program and its libraries take by themselves, and a search in a small picture.
constexpr std::size_t base = 64'000'000;

struct Ending {
    int code = -1;
    double seconds = 0;  // of the processor
    std::size_t bytes = 0;
    std::string said = {}, printed = {};
};

/// Where the outputs and the measures of a row go, apart from the folder that it runs in.
Ending run(const BadInput& bad, const fs::path& folder, const gradus::test::TempFolder& aside) {
    const auto at = [&](const char* name) { return "'" + (aside / name).string() + "'"; };
    const std::string command = "cd '" + folder.string() + "' && export GRADUS_WEIGHTS=. XDG_CACHE_HOME=. && " +
                                (bad.before.empty() ? "" : bad.before + " && ") + "{ '" GRADUS_MEASURE "' " +
                                at("took") + " '" GRADUS_BINARY_DIR "/bin/gradus' " + bad.arguments + "; } 2> " +
                                at("said") + " > " + at("printed");
    REQUIRE(gradus::test::run_in_shell(command).code == 0);
    Ending ending;
    std::istringstream took(gradus::test::file_bytes(aside / "took"));
    std::size_t kilobytes = 0;
    const bool well = static_cast<bool>(took >> ending.code >> ending.seconds >> kilobytes);
    REQUIRE(well);
    ending.bytes = kilobytes * 1024;
    ending.said = gradus::test::file_bytes(aside / "said");
    ending.printed = gradus::test::file_bytes(aside / "printed");
    return ending;
}

/// All files of a folder, with what they hold.
std::map<std::string, std::string> contents_of(const fs::path& folder) {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        all[entry.path().string()] =
            fs::is_regular_file(entry.symlink_status()) ? gradus::test::file_bytes(entry.path()) : "";
    return all;
}

std::size_t largest_of(const std::map<std::string, std::string>& files) {
    std::size_t largest = 0;
    for (const auto& file : files) largest = std::max(largest, file.second.size());
    return largest;
}

/// The memory that a row may take: nets that it loads are files, too.
std::size_t most_memory(const std::map<std::string, std::string>& files) {
    return base +
           2 * std::max<std::size_t>(largest_of(files), fs::file_size(GRADUS_SOURCE_DIR "/weights/mini.safetensors"));
}

void check_all(const std::vector<BadInput>& table) {
    const gradus::test::TempFolder folder, aside;
    gradus::test::write_bad_pictures(folder);
    gradus::test::write_bad_weights(folder);
    gradus::test::write_bad_settings(folder);
    const std::size_t most = most_memory(contents_of(folder / "."));
    for (const BadInput& bad : table) {
        // The sanitizers' own allocator and OpenMP end the program in sentences of theirs.
        const bool scarce = !bad.before.empty() || gradus::test::has(bad.says.front(), "no memory");
        if (gradus::test::sanitized && scarce) continue;
        const auto before = contents_of(folder / ".");
        const Ending ending = run(bad, folder / ".", aside);
        CAPTURE(bad.arguments);
        CAPTURE(ending.said);
        CHECK(ending.code == bad.code);
        CHECK(ending.printed.empty());
        CHECK(ending.said.starts_with("gradus: "));
        CHECK(std::count(ending.said.begin(), ending.said.end(), '\n') == 1);
        CHECK(ending.said.ends_with("\n"));
        for (const std::string& part : bad.says) {
            CAPTURE(part);
            CHECK(ending.said.find(part) != std::string::npos);
        }
        CHECK(ending.seconds < slower);
        if (measures_memory) CHECK(ending.bytes < most);
        CHECK(contents_of(folder / ".") == before);
    }
}

}  // namespace

TEST_SUITE("bad input") {
    TEST_CASE("pictures that are none") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        check_all(gradus::test::bad_pictures());
    }
    TEST_CASE("places where nothing can be written") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        check_all(gradus::test::bad_outputs());
    }
    TEST_CASE("weights that are missing, damaged or hostile") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        check_all(gradus::test::bad_weights());
    }
    TEST_CASE("names of nothing") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        check_all(gradus::test::bad_names());
    }
    TEST_CASE("options that cannot be") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        check_all(gradus::test::bad_options());
    }
    TEST_CASE("options that contradict each other") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        check_all(gradus::test::bad_combinations());
    }
    TEST_CASE("what commands refuse by themselves") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        check_all(gradus::test::bad_commands());
    }
}
