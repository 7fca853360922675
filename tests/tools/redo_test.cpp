// Pictures that are made again from what they carry.
#include <doctest/doctest.h>

#include "tests/env.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tests/tools/some_picture.h"
#include "tools/cli/shell_words.h"
#include "tools/image/image.h"

using namespace gradus;

namespace {

namespace fs = std::filesystem;

using test::bars;
using test::gradus_in;
using test::Ran;

const std::string tiny = " --net mini --octaves 2 --steps 2 --size 40 --quiet";

std::string value_of(const Recipe& recipe, const std::string& key) {
    for (const auto& [name, value] : recipe)
        if (name == key) return value;
    return {};
}

/// The picture, with a line of its recipe changed.
void change(const fs::path& file, const std::string& key, const std::string& value) {
    Recipe recipe = read_recipe(file);
    for (auto& line : recipe)
        if (line.first == key) line.second = value;
    save_image(file, load_image(file), {.recipe = recipe});
}

}  // namespace

TEST_SUITE("recipes") {
    TEST_CASE("words survive the way to a shell and back") {
        const std::vector<std::string> words{"gradus", "",      "a b",   "it's", "'",
                                             "\\",     "$HOME", "a'b'c", "*",    "plain-1.5"};
        std::string line;
        for (const std::string& word : words) line += (line.empty() ? "" : " ") + quoted_for_shell(word);
        CHECK(shell_words(line, "x") == words);
        CHECK_THROWS_WITH(shell_words("gradus 'x", "x.png"),
                          "x.png: its command ends within quotes, expected their end");
    }
    TEST_CASE("a picture says what it was made with, and is made again with the same bytes") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "it's a photo.png", bars());
        for (const char* name : {"x.png", "x.jpg"}) {
            CAPTURE(name);
            const Ran made = gradus_in(folder / ".", "dream \"it's a photo.png\" --seed 7 -o " + (name + tiny));
            CAPTURE(made.said);
            REQUIRE(made.code == 0);
            const Recipe recipe = read_recipe(folder / name);
            CHECK(value_of(recipe, "Software").starts_with("gradus "));
            CHECK(value_of(recipe, "gradus.command").find("--jitter 32") != std::string::npos);
            CHECK(value_of(recipe, "gradus.command").find("--layer ") != std::string::npos);
            CHECK(value_of(recipe, "gradus.seed") == "7");
            CHECK(value_of(recipe, "gradus.net") == "mini");
            CHECK(value_of(recipe, "gradus.weights.sha256").size() == 64);
            CHECK(value_of(recipe, "gradus.input.1").starts_with("it's a photo.png SHA-256 "));
            CHECK(value_of(recipe, "gradus.threads") != "");
            CHECK(value_of(recipe, "gradus.kernels") == "default");
            CHECK(value_of(recipe, "gradus.device") != "");
            CHECK(value_of(recipe, "gradus.objective.octave2").find(" -> ") != std::string::npos);

            const Ran again = gradus_in(folder / ".", "redo " + std::string(name) + " -o again" + (name + 1));
            CAPTURE(again.said);
            CHECK(again.code == 0);
            CHECK(again.said.ends_with(": the same bytes as " + std::string(name) + "\n"));
            CHECK(test::file_bytes(folder / ("again" + std::string(name + 1))) == test::file_bytes(folder / name));
        }
        const Ran beside = gradus_in(folder / ".", "redo x.png");
        CHECK(beside.code == 0);
        CHECK(test::file_bytes(folder / "x-redo.png") == test::file_bytes(folder / "x.png"));
        const Ran shown = gradus_in(folder / ".", "redo x.png --show");
        CHECK(shown.said == value_of(read_recipe(folder / "x.png"), "gradus.command") + "\n");
    }
    TEST_CASE("values that look like options are still values") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "-photo.png", bars());
        const Ran made = gradus_in(folder / ".",
                                   "climb --net mini --steps 2 --quiet --transforms none --objective=-tv -o x.png -- "
                                   "-photo.png");
        CAPTURE(made.said);
        REQUIRE(made.code == 0);
        const Ran again = gradus_in(folder / ".", "redo x.png");
        CAPTURE(again.said);
        CHECK(again.code == 0);
        CHECK(load_image(folder / "x-redo.png").rgb == load_image(folder / "x.png").rgb);
    }
    TEST_CASE("the number of threads changes no byte") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        for (const std::string& run :
             {"dream photo.png" + tiny + " --layer relu3_1",
              std::string("visualize --net mini --class goldfish --size 48 --steps 3 --quiet"),
              std::string("style photo.png --style photo.png --net mini --size 48 --steps 3 --quiet")}) {
            CAPTURE(run);
            for (const char* threads : {"1", "2"})
                REQUIRE(gradus_in(folder / ".", run + " --no-recipe --threads " + threads + " -o " + threads + ".png")
                            .code == 0);
            CHECK(test::file_bytes(folder / "1.png") == test::file_bytes(folder / "2.png"));
        }
    }
    TEST_CASE("--no-recipe leaves nothing of it") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        for (const char* name : {"x.png", "x.jpg"}) {
            REQUIRE(gradus_in(folder / ".", "dream photo.png --no-recipe -o " + (name + tiny)).code == 0);
            CHECK(read_recipe(folder / name).empty());
            CHECK(test::file_bytes(folder / name).find("photo") == std::string::npos);
        }
    }
    TEST_CASE("what differs is said: the machine, the version, the weights, the pictures") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        REQUIRE(gradus_in(folder / ".", "dream photo.png -o x.png" + tiny).code == 0);
        change(folder / "x.png", "gradus.device", "cpu of long ago");
        change(folder / "x.png", "gradus.weights.sha256", "abc");
        change(folder / "x.png", "Software", "gradus 0.0.1");
        const Ran other = gradus_in(folder / ".", "redo x.png -o y.png");
        CAPTURE(other.said);
        CHECK(other.code == 0);
        CHECK(other.said.find("redo: gradus.device was \"cpu of long ago\", here it is \"cpu") != std::string::npos);
        CHECK(other.said.find("redo: gradus.weights.sha256 was \"abc\", here it is") != std::string::npos);
        CHECK(other.said.find("redo: Software was \"gradus 0.0.1\"") != std::string::npos);
        CHECK(other.said.find("y.png: the same pixels as x.png") != std::string::npos);
        Image changed = bars();
        changed.rgb[0] = 0.9f;
        save_image(folder / "photo.png", changed);
        const Ran photo = gradus_in(folder / ".", "redo x.png -o y.png");
        CAPTURE(photo.said);
        CHECK(photo.said.find("redo: \"photo.png\" is not what it was") != std::string::npos);
        CHECK(photo.said.find("values differ from those of x.png") != std::string::npos);
        fs::remove(folder / "photo.png");
        const Ran gone = gradus_in(folder / ".", "redo x.png -o z.png");
        CHECK(gone.code == 1);
        CHECK(gone.said == "gradus: x.png: was made of \"photo.png\", which is not here\n");
        CHECK(!fs::exists(folder / "z.png"));
    }
    TEST_CASE("a picture of a folder is made again alone") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        fs::create_directories(folder / "in/more");
        save_image(folder / "in/a.png", bars());
        save_image(folder / "in/more/b.png", bars());
        REQUIRE(gradus_in(folder / ".", "dream in -o out" + tiny).code == 0);
        const Recipe recipe = read_recipe(folder / "out/more/b.png");
        CHECK(value_of(recipe, "gradus.input.1").starts_with("in/more/b.png SHA-256 "));
        CHECK(value_of(recipe, "gradus.input.2").empty());
        const Ran again = gradus_in(folder / ".", "redo out/more/b.png -o b.png");
        CAPTURE(again.said);
        CHECK(again.code == 0);
        CHECK(test::file_bytes(folder / "b.png") == test::file_bytes(folder / "out/more/b.png"));
    }
    TEST_CASE("a recipe that does more than make a picture is refused") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        for (const char* command :
             {"gradus weights convert a -o b", "rm -rf /", "gradus dream a.png -o b.png --report /etc/x.html",
              "gradus dream a.png -o b.png --log=/etc/x", "gradus dream x.png -o b.png --frames=2",
              "gradus dream a.png -o b.png --checkpoint x", "gradus", "gradus redo x.png"}) {
            CAPTURE(command);
            save_image(folder / "x.png", bars(), {.recipe = {{"gradus.command", command}}});
            const Ran ran = gradus_in(folder / ".", "redo x.png -o y.png");
            CAPTURE(ran.said);
            CHECK(ran.code == 1);
            CHECK(ran.said.starts_with("gradus: x.png: "));
            CHECK(folder.files() == 1);
        }
        const Ran itself = gradus_in(folder / ".", "redo x.png -o x.png");
        CHECK(itself.code == 1);
        CHECK(itself.said == "gradus: x.png: is the picture to make again, expected another name behind --output\n");
        save_image(folder / "x.png", bars(), {.recipe = {{"gradus.command", "gradus \x1b[2J"}}});
        CHECK(gradus_in(folder / ".", "redo x.png --show").said == "gradus ?[2J\n");
    }
}
