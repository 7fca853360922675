// What the program says of itself: help that fits a screen, a manual, completion in each shell.
#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tools/help/completion.h"
#include "tools/help/man.h"
#include "tools/help/screen.h"

namespace {

namespace fs = std::filesystem;

using gradus::test::gradus_in;
using gradus::test::run_in_shell;
using gradus::test::TempFolder;

gradus::CommandPage page() {
    gradus::CommandPage page{.name = "dream", .what = "let a network dream"};
    page.examples = {"gradus dream sky.jpg -o dream.png"};
    page.options = {
        {.names = {"photo"}, .what = "photograph", .value = "TEXT", .by_place = true, .required = true},
        {.names = {"-o", "--output"}, .what = "picture to write", .value = "TEXT", .required = true},
        {.names = {"--steps"}, .what = "steps per size", .value = "N", .range = "1 to 99", .usual = "10"},
        {.names = {"--mode"}, .what = "it's what goes on", .value = "TEXT", .choices = {"detail", "whole"}},
    };
    for (int i = 0; i < 60; ++i)
        page.options.push_back(
            {.names = {"--more" + std::to_string(i)}, .what = "more", .value = "X", .usual = "0.5", .heading = "More"});
    return page;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

using gradus::test::has;

/// The commands that `gradus --help` lists.
std::vector<std::string> commands(const fs::path& folder) {
    std::vector<std::string> names;
    bool listing = false;
    for (const std::string& line : lines_of(gradus_in(folder, "--help").said)) {
        if (line == "Commands:") listing = true;
        if (line.empty()) listing = false;
        if (listing && line.starts_with("  ") && line[2] != ' ') names.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    return names;
}

/// What bash offers for the last of these words.
std::string bash_offers(const fs::path& folder, const std::string& words) {
    std::ofstream(folder / "try.bash")
        << "source ./gradus.bash\nCOMP_WORDS=(gradus " << words
        << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_gradus\necho \"${COMPREPLY[*]}\"\n";
    const auto ran = run_in_shell("cd '" + folder.string() + "' && bash --norc try.bash 2>&1");
    return ran.said.substr(0, ran.said.find_last_not_of('\n') + 1);
}

bool installed(const std::string& program) { return run_in_shell("command -v " + program + " >/dev/null").code == 0; }

}  // namespace

TEST_SUITE("help") {
    TEST_CASE("a whole page has every option with its unit, default and range") {
        const std::string text = gradus::whole_page(page());
        CHECK(has(text, "Usage: gradus dream PHOTO -o TEXT [OPTION]...\n"));
        CHECK(has(text, "  --steps N                   steps per size [default: 10; 1 to 99]\n"));
        CHECK(has(text, "  --mode detail|whole "));
        CHECK(has(text, "  --more59 X                  more [default: 0.5]\n"));
        CHECK(has(text, "Example: gradus dream sky.jpg -o dream.png\n"));
    }
    TEST_CASE("one screen keeps the defaults of what it shortens") {
        const std::string text = gradus::one_screen(page());
        CHECK(std::count(text.begin(), text.end(), '\n') <= gradus::screen_height);
        CHECK(has(text, "--steps N "));
        CHECK(has(text, "More: --more0 [0.5], --more1 [0.5],"));
        CHECK(has(text, "More: `gradus help dream`"));
    }
    TEST_CASE("the help of every command fits a screen and has an example") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        std::vector<std::string> all = commands(folder / "");
        REQUIRE(all.size() >= 15);
        all.push_back("train classifier");
        for (const char* inside : {"list", "get", "convert"}) all.push_back(std::string("weights ") + inside);
        for (const std::string& command : all) {
            const auto ran = gradus_in(folder / "", command + " --help");
            CAPTURE(command);
            CHECK(ran.code == 0);
            const std::vector<std::string> lines = lines_of(ran.said);
            CHECK(lines.size() <= gradus::screen_height);
            for (const std::string& line : lines) CHECK_MESSAGE(line.size() <= gradus::screen_width, line);
            const bool leaf = !has(ran.said, "COMMAND ...");
            CHECK(has(ran.said, leaf ? "\nExample: gradus " + command : "\nCommands:\n"));
        }
    }
    TEST_CASE("topics are offered and found") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        CHECK(has(gradus_in(folder / "", "help").said, "configuration"));
        CHECK(has(gradus_in(folder / "", "help configuration").said, "octaves = 6"));
        CHECK(has(gradus_in(folder / "", "help train classifier").said, "--cut-out"));
        const auto wrong = gradus_in(folder / "", "help configuraton");
        CHECK(wrong.code == 1);
        CHECK(wrong.said == "gradus: help: no topic \"configuraton\"; the nearest is \"configuration\"\n");
    }
    TEST_CASE("an unknown option is told the nearest") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        const auto ran = gradus_in(folder / "", "dream x.png -o y.png --octavs 3");
        CHECK(ran.code == 2);
        CHECK(has(ran.said, "gradus: dream: no option \"--octavs\"; the nearest "));
        CHECK(has(ran.said, "\"--octaves\""));
    }
}

TEST_SUITE("manual") {
    TEST_CASE("a page keeps dashes, quotes and dots as they are typed") {
        const std::string text = gradus::man_page(page(), "gradus 1");
        CHECK(has(text, ".TH GRADUS DREAM 1 \"\" \"gradus 1\" \"User Commands\"\n"));
        CHECK(has(text, "\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fITEXT\\fR\n"));
        CHECK(has(text, ".SH MORE OPTIONS\n"));
    }
    TEST_CASE("every command has a page that groff reads without complaint") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        REQUIRE(gradus_in(folder / "", "help --man .").code == 0);
        for (const std::string& command : commands(folder / ""))
            CHECK(fs::exists(folder / ("gradus-" + command + ".1")));
        CHECK(has(gradus::test::file_bytes(folder / "gradus.1"), ".SH CONFIGURATION\n"));
        SKIP_WITHOUT(installed("groff"), "groff");
        const auto ran = run_in_shell("cd '" + (folder / "").string() + "' && groff -man -ww -z *.1 2>&1");
        CHECK_MESSAGE(ran.said.empty(), ran.said);
    }
}

TEST_SUITE("completion") {
    TEST_CASE("bash offers commands, options, choices and files") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        SKIP_WITHOUT(installed("bash"), "bash");
        const TempFolder folder;
        REQUIRE(gradus_in(folder / "", "completion bash > gradus.bash").code == 0);
        std::ofstream(folder / "cat one.jpg") << "x";
        CHECK(bash_offers(folder / "", "dre") == "dream");
        CHECK(bash_offers(folder / "", "weights g") == "get");
        CHECK(bash_offers(folder / "", "dream --octave-m") == "--octave-mode");
        CHECK(bash_offers(folder / "", "dream --octave-mode ''") == "detail whole");
        CHECK(bash_offers(folder / "", "dream --octave-mode = w") == "whole");
        CHECK(bash_offers(folder / "", "train classifier --storage b") == "bf16");
        CHECK(bash_offers(folder / "", "dream --conf") == "--config");
        CHECK(bash_offers(folder / "", "dream ca") == "cat one.jpg");
        CHECK(bash_offers(folder / "", "dream --layer --oct").empty());  // a value follows, not an option
    }
    TEST_CASE("fish offers the same") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        SKIP_WITHOUT(installed("fish"), "fish");
        const TempFolder folder;
        REQUIRE(gradus_in(folder / "", "completion fish > gradus.fish").code == 0);
        const auto offers = [&](const std::string& line) {
            return run_in_shell("cd '" + (folder / "").string() +
                                "' && HOME=. fish --no-config -c \"source gradus.fish; complete -C '" + line +
                                "'\" 2>&1")
                .said;
        };
        CHECK(offers("gradus dre").starts_with("dream\t"));
        CHECK(offers("gradus dream --octave-m").starts_with("--octave-mode\t"));
        CHECK(offers("gradus dream --octave-mode w").starts_with("whole\t"));
        CHECK(offers("gradus weights g").starts_with("get\t"));
    }
    TEST_CASE("zsh loads its script, and offers the same") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        SKIP_WITHOUT(installed("zsh"), "zsh");
        const TempFolder folder;
        REQUIRE(gradus_in(folder / "", "completion zsh > _gradus").code == 0);
        // What the functions of the shell's own completion are handed is what it would show.
        std::ofstream(folder / "try.zsh") << R"(compdef() { :; }
source ./_gradus
_describe() { print -l -- ${(P)2%%:*}; }
_arguments() { print -l -- "$@"; }
try() { words=("$@"); CURRENT=$#; _gradus; }
try gradus ''
try gradus dream ''
try gradus weights ''
try gradus train classifier ''
)";
        const auto ran = run_in_shell("cd '" + (folder / "").string() + "' && zsh -f try.zsh 2>&1");
        CHECK(ran.code == 0);
        for (const char* offered : {"dream", "--octave-mode[", ":value:(detail whole)", "get", "--storage["})
            CHECK_MESSAGE(has(ran.said, offered), offered);
    }
    TEST_CASE("another shell is refused") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        CHECK(gradus_in(folder / "", "completion tcsh").code == 2);
    }
}
