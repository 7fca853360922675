// Pictures through the whole program: pipes, formats, transparency, what a file has besides, where results go.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>

#include "tests/env.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tests/tools/some_picture.h"
#include "tools/image/image.h"

using namespace gradus;

namespace {

namespace fs = std::filesystem;

using test::bars;
using test::gradus_in;
using test::Ran;

const std::string tiny = " --net mini --octaves 1 --steps 1 --quiet";

/// Clear on the left.
Image half_clear() {
    Image image = bars();
    image.alpha.emplace();
    for (int i = 0; i < 48 * 40; ++i) image.alpha->push_back(i % 48 < 24 ? 0.0f : 1.0f);
    return image;
}

Tags camera() {
    std::string icc(200, '\7');
    icc.replace(16, 4, "RGB ");
    icc.replace(36, 4, "acsp");
    const std::string exif("II*\0\x08\0\0\0\1\0\x0f\1\2\0\4\0\0\0Me!\0\0\0\0\0", 26);
    const auto a = std::as_bytes(std::span(icc)), b = std::as_bytes(std::span(exif));
    return {.icc = {a.begin(), a.end()}, .exif = {b.begin(), b.end()}};
}

mode_t mode_of(const fs::path& file) {
    struct stat info = {};
    REQUIRE(stat(file.c_str(), &info) == 0);
    return info.st_mode & 07777;
}

}  // namespace

TEST_SUITE("pictures in and out") {
    TEST_CASE("a picture goes through a pipe as through files") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        const std::string dream = "dream - --no-recipe" + tiny;
        REQUIRE(gradus_in(folder / ".", "dream photo.png --no-recipe -o x.png" + tiny).code == 0);
        REQUIRE(gradus_in(folder / ".", "dream photo.png --no-recipe -o x.jpg" + tiny).code == 0);
        REQUIRE(gradus_in(folder / ".", dream + " -o - < photo.png > y.png").code == 0);
        CHECK(test::file_bytes(folder / "x.png") == test::file_bytes(folder / "y.png"));
        REQUIRE(gradus_in(folder / ".", dream + " -o - --output-format jpeg < photo.png > y.jpg").code == 0);
        CHECK(test::file_bytes(folder / "x.jpg") == test::file_bytes(folder / "y.jpg"));
        REQUIRE(gradus_in(folder / ".", dream + " -o - --output-format ppm < photo.png > y.ppm").code == 0);
        CHECK(test::file_bytes(folder / "y.ppm").starts_with("P6\n48 40\n255\n"));
        CHECK(load_image(folder / "y.ppm").rgb == load_image(folder / "x.png").rgb);
        REQUIRE(gradus_in(folder / ".", dream + " -o any.name --output-format png < photo.png").code == 0);
        CHECK(test::file_bytes(folder / "any.name") == test::file_bytes(folder / "x.png"));
    }
    TEST_CASE("classify reads from a pipe, too") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        const Ran file = gradus_in(folder / ".", "classify photo.png --net mini --top 1"),
                  pipe = gradus_in(folder / ".", "classify - --net mini --top 1 < photo.png");
        CAPTURE(pipe.said);
        CHECK(pipe.code == 0);
        CHECK(pipe.said.substr(pipe.said.find('\n')) == file.said.substr(file.said.find('\n')));
    }
    TEST_CASE("transparency, color profile and EXIF come out again, at any size") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        Image photo = half_clear();
        photo.tags = std::make_shared<const Tags>(camera());
        save_image(folder / "photo.png", photo);
        const std::string net = " --net mini --quiet --steps 1 -o x.png";
        for (const std::string& run :
             {"dream photo.png --octaves 1" + net, "dream photo.png --octaves 1 --size 24" + net,
              "climb photo.png --objective tv --transforms none" + net,
              "climb photo.png --size 24 --objective tv" + net, "style photo.png --style photo.png --size 32" + net,
              "invert photo.png --layer relu2_2" + net, "visualize --init photo.png --layer relu2_2" + net,
              "texture photo.png --levels 1 --inpaint photo.png" + net}) {
            CAPTURE(run);
            const Ran ran = gradus_in(folder / ".", run);
            CAPTURE(ran.said);
            REQUIRE(ran.code == 0);
            const Image made = load_image(folder / "x.png");
            REQUIRE(made.alpha.has_value());
            const auto middle = static_cast<std::size_t>(made.height / 2 * made.width);
            CHECK((*made.alpha)[middle] == 0);
            CHECK((*made.alpha)[middle + static_cast<std::size_t>(made.width) - 1] == 1);
            REQUIRE(made.tags != nullptr);
            CHECK(made.tags->icc == camera().icc);
            CHECK(made.tags->exif == camera().exif);
        }
    }
    TEST_CASE("an older picture keeps its permissions, and a link its target") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        fs::create_directory(folder / "elsewhere");
        folder.write("elsewhere/old.png", "older");
        fs::permissions(folder / "elsewhere/old.png", fs::perms(0640));
        fs::create_symlink("elsewhere/old.png", folder / "x.png");
        REQUIRE(gradus_in(folder / ".", "dream photo.png -o x.png" + tiny).code == 0);
        CHECK(fs::is_symlink(folder / "x.png"));
        CHECK(mode_of(folder / "elsewhere/old.png") == 0640);
        CHECK(load_image(folder / "elsewhere/old.png").width == 48);
    }
    TEST_CASE("a folder of saliency maps; in a folder, formats can be chosen; the end is told in a line") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        fs::create_directory(folder / "in");
        save_image(folder / "in/a.png", bars());
        save_image(folder / "in/b.jpg", bars());
        folder.write("in/c.png", "no picture");
        const Ran maps = gradus_in(folder / ".", "saliency in -o out --net mini --output-format jpeg --quiet");
        CAPTURE(maps.said);
        CHECK(maps.code == 1);
        CHECK(maps.said.ends_with("gradus: saliency: 1 of 3 failed: \"c.png\"\n"));
        CHECK(load_image(folder / "out/a.jpg").width == 48);
        CHECK(load_image(folder / "out/b.jpg").width == 48);
        fs::remove(folder / "in/c.png");
        const Ran all = gradus_in(folder / ".", "dream in -o dreams --net mini --octaves 1 --steps 1");
        CHECK(all.code == 0);
        CHECK(all.said.find("\ndream: 2 pictures in ") != std::string::npos);
        const Ran named = gradus_in(folder / ".", "classify in --net mini --top 1 ../nothing.png");
        CHECK(named.said.find("classify: 1 of 3 failed: \"../nothing.png\"") != std::string::npos);
    }
    TEST_CASE("--log has a line of JSON for every step, of one run after the other") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        const std::string run = "dream photo.png -o x.png --net mini --octaves 2 --steps 2 --quiet --log x.json";
        REQUIRE(gradus_in(folder / ".", run).code == 0);
        REQUIRE(gradus_in(folder / ".", run).code == 0);
        const std::string log = test::file_bytes(folder / "x.json");
        CHECK(std::count(log.begin(), log.end(), '\n') == 8);
        CHECK(
            log.starts_with("{\"run\":\"dream\",\"of\":\"photo.png\",\"step\":1,\"steps\":4,\"where\":\"octave 1/2 at "
                            "34x29\",\"objective\":"));
        CHECK(log.ends_with("\"seconds_left\":0.0}\n"));
    }
}
