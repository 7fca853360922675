// Where the values of options come from: the command line, a file, the environment, in this order.
#include <string>
#include <vector>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tools/image/image.h"

namespace {

using gradus::test::Ran;
using gradus::test::TempFolder;

/// Runs gradus with a configuration of this text.
Ran with_config(const TempFolder& folder, const std::string& text, const std::string& arguments) {
    folder.write("settings.toml", text);
    return gradus::test::gradus_in(folder / "", arguments + " --config settings.toml");
}

Ran with_variable(const TempFolder& folder, const std::string& variable, const std::string& arguments) {
    return gradus::test::run_in_shell("cd '" + (folder / "").string() + "' && " + variable +
                                      " '" GRADUS_BINARY_DIR "/bin/gradus' " + arguments + " 2>&1");
}

using gradus::test::has;

}  // namespace

TEST_SUITE("configuration") {
    TEST_CASE("a section is for its command, the beginning of the file for all, and the command line comes first") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        CHECK(has(with_config(folder, "size = 96\n", "layers mini").said, "mini at 96x96"));
        CHECK(has(with_config(folder, "size = 96\n[layers]\nsize = 64\n", "layers mini").said, "mini at 64x64"));
        CHECK(has(with_config(folder, "[layers]\nsize = 64\n", "layers mini --size 128").said, "mini at 128x128"));
        CHECK(has(with_config(folder, "[dream]\nsize = 64\n", "layers mini --size 128").said, "mini at 128x128"));
        CHECK(with_config(folder, "; as INI has it\n[layers]\ndot=true\n", "layers mini").said.starts_with("digraph"));
        CHECK(has(with_config(folder, "[layers]\ndot = false\n", "layers mini").said, "receptive") == false);
        CHECK(gradus::test::gradus_in(folder / "", "--config settings.toml layers mini").code == 0);
    }
    TEST_CASE("what a file gives is in the recipe, lists too; a value that an option refuses is an error") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        gradus::save_image(folder / "gray.png",
                           {.width = 64, .height = 64, .rgb = std::vector<float>(64 * 64 * 3, 0.5f)});
        const std::string settings =
            "quiet = true\n[train.classifier]\nepochs = 3\n[dream]\nlayer = [\"relu2_1\", \"relu1_2=0.5\"]\noctaves = "
            "1\n";
        CHECK(with_config(folder, settings + "steps = 1\n", "dream gray.png -o x.png --net mini").said.empty());
        std::string command;
        for (const auto& [key, value] : gradus::read_recipe(folder / "x.png"))
            if (key == "gradus.command") command = value;
        for (const char* part : {"--layer relu2_1 --layer relu1_2=0.5", "--octaves 1 ", "--steps 1 "})
            CHECK_MESSAGE(has(command, part), command);

        const Ran ran = with_config(folder, settings + "steps = 0\n", "dream gray.png -o y.png --net mini");
        CHECK(ran.code == 2);
        CHECK(has(ran.said, "gradus: settings.toml: --steps: "));
        CHECK(!std::filesystem::exists(folder / "y.png"));
    }
    TEST_CASE("a key that is no option is an error with the nearest name, whichever command runs") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        const auto says = [&](const std::string& text) {
            const Ran ran = with_config(folder, text, "layers mini");
            CHECK(ran.code == 2);
            return ran.said;
        };
        CHECK(says("thraeds = 2\n") ==
              "gradus: settings.toml: no command has a key \"thraeds\"; the nearest is \"threads\"\n");
        CHECK(says("[layers]\nsiez = 2\n") ==
              "gradus: settings.toml: no key \"siez\" of layers; the nearest is \"size\"\n");
        CHECK(says("[train.classifier]\nepochz = 2\n") ==
              "gradus: settings.toml: no key \"epochz\" of train classifier; the nearest is \"epochs\"\n");
        CHECK(says("[laiers]\nsize = 2\n") ==
              "gradus: settings.toml: no command \"laiers\"; the nearest is \"layers\"\n");
        CHECK(has(says("[layers]\nsize = many\n"), "settings.toml: --size: "));
        CHECK(has(says("threads 4\n"), "no command has a key \"threads 4\"; the nearest is \"threads\""));
        CHECK(has(says("help = true\n"), "no command has a key \"help\""));
    }
    TEST_CASE("a file that is not there is an error") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        for (const char* name : {"missing.toml", "."}) {
            const Ran ran = gradus::test::gradus_in(folder / "", std::string("layers mini --config ") + name);
            CHECK(ran.code == 2);
            CHECK(has(ran.said, name));
        }
    }
    TEST_CASE("variables are defaults: help shows them, files and the command line come first") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const TempFolder folder;
        CHECK(has(with_variable(folder, "GRADUS_THREADS=77", "dream --help").said, "--threads [77]"));
        const Ran wrong = with_variable(folder, "GRADUS_THREADS=many", "dream x.png -o y.png");
        CHECK(wrong.code == 2);
        CHECK(has(wrong.said, "gradus: GRADUS_THREADS: --threads: "));
        CHECK(with_variable(folder, "GRADUS_PRECISION=fp8", "dream x.png -o y.png").code == 2);
        CHECK(has(with_variable(folder, "GRADUS_DEVICE=tpu", "explain --net mini").said, "tpu"));
        CHECK(has(with_variable(folder, "GRADUS_DEVICE=tpu", "explain --net mini --device cpu").said, "tpu") == false);
        folder.write("settings.toml", "device = \"cpu\"\n");
        CHECK(with_variable(folder, "GRADUS_DEVICE=tpu", "explain --net mini --config settings.toml").code == 0);
    }
}
