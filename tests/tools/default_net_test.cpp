// Which net a command looks through when it was told none.
#include <filesystem>
#include <string>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tools/image/image.h"
#include "weights/weights.h"

using namespace gradus;

namespace {

namespace fs = std::filesystem;

Image gray(float level) { return {.width = 40, .height = 40, .rgb = std::vector<float>(40 * 40 * 3, level)}; }

/// A folder of two classes of two pictures.
void make_classes(const test::TempFolder& folder) {
    for (const char* name : {"dark", "light"}) {
        fs::create_directories(folder / "pictures" / name);
        for (const char* file : {"a.png", "b.png"})
            save_image(folder / "pictures" / name / file, gray(name[0] == 'd' ? 0.2f : 0.8f));
    }
}

std::string command_in(const fs::path& picture) {
    for (const auto& [key, value] : read_recipe(picture))
        if (key == "gradus.command") return value;
    return {};
}

}  // namespace

TEST_SUITE("default net") {
    TEST_CASE("without other weights it is mini, which says so, and its usual layer") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        make_classes(folder);
        save_image(folder / "photo.png", gray(0.5f));
        const auto gradus = [&](const std::string& arguments) { return test::gradus_in(folder / "", arguments); };
        const test::Ran trained =
            gradus("train classifier pictures -o mini.safetensors --hold-out 0 --epochs 1 --batch 4 --size 32");
        REQUIRE_MESSAGE(trained.code == 0, trained.said);
        CHECK(Weights(folder / "mini.safetensors")
                  .metadata()
                  .at("gradus.command")
                  .starts_with("gradus train classifier "));

        const std::string line = "no weights of googlenet here, looking through mini";
        const test::Ran classified = gradus("classify photo.png");
        CHECK_MESSAGE(classified.code == 0, classified.said);
        CHECK(test::has(classified.said, line));
        CHECK(test::has(classified.said, "`gradus weights get googlenet` gets them"));
        CHECK(test::has(classified.said, "light"));

        const test::Ran dreamed = gradus("dream photo.png -o dream.png --octaves 1 --steps 1");
        CHECK_MESSAGE(dreamed.code == 0, dreamed.said);
        const std::string command = command_in(folder / "dream.png");
        CHECK(test::has(command, "--net mini"));
        CHECK(test::has(command, "--layer relu"));
        const test::Ran seen = gradus("visualize -o seen.png --steps 1 --size 32 --quiet");
        CHECK_MESSAGE(seen.code == 0, seen.said);
        CHECK(!test::has(seen.said, line));
        CHECK(test::has(command_in(folder / "seen.png"), "--layer relu"));
        const test::Ran inverted = gradus("invert photo.png -o inverted.png --steps 1");
        CHECK_MESSAGE(inverted.code == 0, inverted.said);
        CHECK(test::has(inverted.said, "no weights of vgg16 here, looking through mini"));

        // An installed program finds the one that was installed with it before the one of the sources.
        fs::create_directories(folder / "bin");
        fs::create_directories(folder / "share/gradus/weights");
        fs::copy_file(GRADUS_BINARY_DIR "/bin/gradus", folder / "bin/gradus");
        fs::copy_file(folder / "mini.safetensors", folder / "share/gradus/weights/mini.safetensors");
        const std::string here = (folder / "").string();
        const test::Ran installed = test::run_in_shell("cd '" + here + "' && GRADUS_WEIGHTS= XDG_CACHE_HOME='" + here +
                                                       "/none' bin/gradus classify photo.png 2>&1");
        CHECK_MESSAGE(installed.code == 0, installed.said);
        CHECK(test::has(installed.said, "light"));
        CHECK(test::has(installed.said, "dark"));

        const test::Ran asked = gradus("classify photo.png --net mini");
        CHECK_MESSAGE(asked.code == 0, asked.said);
        CHECK(!test::has(asked.said, line));
        const test::Ran other = gradus("classify photo.png --net googlenet");
        CHECK(other.code == 1);
        CHECK(test::has(other.said, "googlenet: no weights"));
    }
}
