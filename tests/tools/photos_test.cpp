#include "tools/cli/photos.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "engine/error.h"
#include "tests/error.h"
#include "tests/temp_folder.h"

using namespace gradus;
namespace fs = std::filesystem;

namespace {

const std::string tiny = "P3 2 2 255 0 0 0 9 9 9 99 99 99 255 255 255\n";

/// A folder of photographs, one of them broken, one in a folder of its own.
void fill(const test::TempFolder& folder) {
    fs::create_directories(folder / "in/more");
    folder.write("in/b.ppm", tiny);
    folder.write("in/a.PPM", tiny);
    folder.write("in/broken.jpg", "no picture");
    folder.write("in/notes.txt", "no picture either");
    folder.write("in/more/a.ppm", tiny);
}

const PictureFlags usual{};

std::string said(const PhotoArguments& arguments, const std::function<void(const Photograph&)>& work) {
    return test::error_of([&] {
        each_photograph(
            arguments, [] {}, work);
    });
}

}  // namespace

TEST_SUITE("photographs") {
    TEST_CASE("every picture of a folder is worked on, under its name, and failures are counted at the end") {
        const test::TempFolder folder;
        fill(folder);
        const PhotoArguments arguments{"dream", (folder / "in").string(), (folder / "out").string(), usual};
        std::vector<std::string> seen;
        int prepared = 0;
        const std::string sentence = test::error_of([&] {
            each_photograph(
                arguments, [&] { ++prepared; },
                [&](const Photograph& photo) {
                    CHECK(photo.of_folder);
                    CHECK(photo.image.width == 2);
                    save_image(photo.output, photo.image);
                    seen.push_back(fs::path(photo.output).lexically_relative(arguments.output).string());
                    if (seen.size() == 2) throw Error("this one failed after it was saved");
                });
        });
        CHECK(seen == std::vector<std::string>{"a.png", "b.png", "more/a.png"});
        CHECK(prepared == 1);
        CHECK(sentence == "dream: 2 of 4 failed: \"b.ppm\", \"broken.jpg\"");
        CHECK(fs::exists(folder / "out/more/a.png"));
    }
    TEST_CASE("one photograph is given as it was named, and its failure is its own") {
        const test::TempFolder folder;
        fill(folder);
        const std::string file = (folder / "in/b.ppm").string(), output = (folder / "x.png").string();
        CHECK(said({"dream", file, output, usual}, [&](const Photograph& photo) {
                  CHECK(!photo.of_folder);
                  CHECK(photo.file == file);
                  CHECK(photo.output == output);
                  throw Error("as it is");
              }) == "as it is");
        CHECK(test::has(said({"dream", file, (folder / "x.webp").string(), usual}, [](const Photograph&) {}), ".webp"));
    }
    TEST_CASE("folders that cannot work are refused before the first picture") {
        const test::TempFolder folder;
        fill(folder);
        fs::create_directories(folder / "empty");
        const std::string in = (folder / "in").string(), out = (folder / "out").string();
        const auto untouched = [](const Photograph&) { CHECK(false); };
        CHECK(test::has(said({"dream", (folder / "empty").string(), out, usual}, untouched), "holds no pictures"));
        CHECK(test::has(said({"dream", in, in, usual}, untouched), "would lie among the photographs"));
        CHECK(test::has(said({"dream", in, in + "/more/out", usual}, untouched), "would lie among the photographs"));
        CHECK(test::has(said({"dream", in, in + "/b.ppm", usual}, untouched), "expected a folder to write into"));
        CHECK(test::has(said({"dream", in, out, usual, 0, true, {{"--report", ""}, {"--checkpoint", "c"}}}, untouched),
                        "was given --checkpoint and the folder"));
        folder.write("in/b.png", tiny);
        CHECK(test::has(said({"dream", in, out, usual}, untouched),
                        "\"b.png\" and \"b.ppm\" would both become \"b.png\""));
        CHECK(!fs::exists(out));
    }
}
