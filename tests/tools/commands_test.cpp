// The program itself, as a user runs it: what its commands make, and which options go together.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/env.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tests/tools/well_formed.h"
#include "tools/image/image.h"
#include "tools/techniques/saliency.h"
#include "weights/safetensors.h"

namespace {

namespace fs = std::filesystem;

using gradus::test::gradus_in;
using gradus::test::Ran;

/// The number before " MB `what`" in a text.
double megabytes(const std::string& text, const std::string& what) {
    const std::size_t end = text.find(" MB " + what);
    REQUIRE(end != std::string::npos);
    return std::stod(text.substr(text.find_last_of(' ', end - 1) + 1));
}

gradus::Image bars() {
    gradus::Image image{.width = 64, .height = 64, .rgb = {}};
    for (int i = 0; i < 64 * 64 * 3; ++i) image.rgb.push_back(0.5f + 0.3f * std::sin(0.05f * static_cast<float>(i)));
    return image;
}

/// A mask of the size of `bars`: white below, black above.
gradus::Image lower_half() {
    gradus::Image mask{.width = 64, .height = 64, .rgb = std::vector<float>(64 * 64 * 3, 0.0f)};
    std::fill(mask.rgb.begin() + 32 * 64 * 3, mask.rgb.end(), 1.0f);
    return mask;
}

std::string pixels_of(const fs::path& file) {
    const gradus::Image image = gradus::load_image(file);
    std::string all = std::to_string(image.width) + "x" + std::to_string(image.height) + " ";
    for (const float v : image.rgb) all += static_cast<char>(std::lround(v * 255));
    return all;
}

/// What follows "gradus" in the command of a PNG's recipe.
std::string command_in(const fs::path& file) {
    for (const auto& [key, value] : gradus::read_recipe(file))
        if (key == "gradus.command") return value.substr(std::string("gradus ").size());
    return {};
}

}  // namespace

TEST_SUITE("commands") {
    TEST_CASE("--profile=t.json writes a trace besides") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const gradus::test::TempFolder folder;
        const Ran ran = gradus_in(folder / ".", "explain --net lenet --size 28 --runs 2 --profile=t.json");
        CAPTURE(ran.said);
        CHECK(ran.code == 0);
        CHECK(ran.said.find("t.json: 2 runs of ") != std::string::npos);
        CHECK(gradus::test::file_bytes(folder / "t.json").find("\"name\":\"run 2\"") != std::string::npos);
        CHECK(folder.files() == 1);
    }

    TEST_CASE("the command in a picture makes the same picture again") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        gradus::save_image(folder / "photo.png", bars());
        gradus::save_image(folder / "mask.png", lower_half());
        const std::string net = " --net squeezenet1_1 --quiet -o x.png";
        for (const std::string& run :
             {"dream photo.png --layer fire3/concat --octaves 2 --steps 1" + net,
              "dream photo.png --layer fire3/concat --octaves 2 --steps 1 --tileable" + net,
              "dream photo.png --layer fire3/concat --octaves 2 --steps 1 --mask mask.png --size 48 --original-colors" +
                  net,
              "visualize --layer fire3/concat --channels 0-1 --init photo.png --mask mask.png --original-colors "
              "--steps 2" +
                  net,
              "visualize --layer fire3/concat --channels 0-1 --size 32 --steps 2" + net,
              "visualize --layer fire3/concat --channels 1 --size 32 --steps 2 --preset yosinski1" + net,
              "visualize --layer fire3/concat --channels 1 --init photo.png --steps 2" + net,
              "visualize --layer fire3/concat --direction 1:1,5:-0.5 --size 32 --steps 2" + net,
              "visualize --class goldfish --class 'tabby, tabby cat' --size 32 --steps 2" + net,
              "visualize --layer fire3/concat --channel 1 --variants 2 --size 32 --steps 2 --optimizer wolfe "
              "--transforms none" +
                  net,
              "invert photo.png --layer fire2/concat --steps 2" + net,
              "invert photo.png --layer fire2/concat --steps 2 --optimizer wolfe --history 3" + net,
              "climb photo.png --objective 'energy(fire2/concat) - 0.1*tv' --steps 2" + net,
              "climb photo.png --objective 'energy(fire2/concat)' --linf 0.02 --l2 0.9 --steps 3" + net,
              "climb photo.png --objective 'energy(fire2/concat)' --original-colors --steps 2" + net,
              "climb photo.png --objective 'energy(fire2/concat) - 0.1*tv' --steps 2 --optimizer wolfe "
              "--transforms none" +
                  net,
              "style photo.png --style mask.png --size 32 --steps 2 --init noise --match-colors linear" + net,
              "style photo.png --style mask.png mask.png --style-weights 1 2 --mask mask.png none --smallest 16 "
              "--growth "
              "1.5 --size 32 --steps 2 --preset gatys --content-layer fire3/concat --style-layer fire2/concat=2" +
                  net,
              "style photo.png --style mask.png --size 48 --steps 1 --grid --ratios 0.5 2" + net,
              "style photo.png --style mask.png --size 32 --smallest 24 --steps 3 --further-steps 2 --preset crowsonkb "
              "--content-layer fire3/concat --style-layer fire2/concat" +
                  net,
              "texture photo.png --levels 2 --steps 2 --further-steps 1 --tileable" + net,
              "texture photo.png --levels 1 --steps 2 --inpaint mask.png --optimizer wolfe" + net,
              "saliency photo.png --class goldfish" + net,
              "saliency photo.png --layer fire2/concat --receptive-field" + net}) {
            CAPTURE(run);
            const Ran first = gradus_in(folder / ".", run, *weights);
            CAPTURE(first.said);
            REQUIRE(first.code == 0);
            const std::string made = pixels_of(folder / "x.png"), command = command_in(folder / "x.png");
            CAPTURE(command);
            fs::remove(folder / "x.png");
            const Ran again = gradus_in(folder / ".", command, *weights);
            CAPTURE(again.said);
            REQUIRE(again.code == 0);
            CHECK(pixels_of(folder / "x.png") == made);
        }
    }

    TEST_CASE("what is black in a mask keeps the photograph's bytes, and a mask of another size is refused") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        gradus::save_image(folder / "photo.png", bars());
        gradus::save_image(folder / "mask.png", lower_half());
        folder.write("tiny.ppm", "P3 2 2 255 0 0 0 9 9 9 99 99 99 255 255 255\n");
        const std::string photo = pixels_of(folder / "photo.png"),
                          net = " --net squeezenet1_1 --quiet -o x.png --mask ";
        const auto upper = [](const std::string& pixels) { return pixels.substr(0, pixels.size() - 32 * 64 * 3); };
        for (const std::string& run :
             {"dream photo.png --layer fire3/concat --octaves 3 --octave-scale 1.2 --steps 3" + net,
              "dream photo.png --layer fire3/concat --octaves 2 --octave-mode whole --steps 3" + net,
              "visualize --layer fire3/concat --channel 1 --init photo.png --steps 3" + net,
              "climb photo.png --objective 'energy(fire3/concat)' --steps 3" + net}) {
            CAPTURE(run);
            const Ran ran = gradus_in(folder / ".", run + "mask.png", *weights);
            CAPTURE(ran.said);
            REQUIRE(ran.code == 0);
            const std::string made = pixels_of(folder / "x.png");
            CHECK(upper(made) == upper(photo));
            CHECK(made != photo);
            fs::remove(folder / "x.png");
            const Ran other = gradus_in(folder / ".", run + "tiny.ppm", *weights);
            CHECK(other.code == 1);
            CHECK(other.said.find("tiny.ppm\": found a mask of 2x2, expected 64x64, the size of") != std::string::npos);
        }
    }

    TEST_CASE("original colors are the photograph's, brightness is not") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        gradus::save_image(folder / "photo.png", bars());
        const gradus::Image photo = gradus::load_image(folder / "photo.png");
        const std::string net = " --net squeezenet1_1 --quiet -o x.png --save-every 2";
        for (const std::string& run : {"dream photo.png --layer fire3/concat --octaves 1 --steps 3" + net,
                                       "visualize --layer fire3/concat --channel 1 --init photo.png --steps 3" + net,
                                       "climb photo.png --objective 'energy(fire3/concat)' --steps 3" + net}) {
            for (const bool original : {false, true}) {
                CAPTURE(run);
                CAPTURE(original);
                const Ran ran = gradus_in(folder / ".", run + (original ? " --original-colors" : ""), *weights);
                CAPTURE(ran.said);
                REQUIRE(ran.code == 0);
                for (const char* file : {"x.png", "x-0002.png"}) {
                    const gradus::Image made = gradus::load_image(folder / file);
                    float of_color = 0, of_brightness = 0;  // largest changes, in 1/255
                    for (std::size_t i = 0; i < photo.rgb.size(); i += 3) {
                        const float r = made.rgb[i] - photo.rgb[i], g = made.rgb[i + 1] - photo.rgb[i + 1],
                                    b = made.rgb[i + 2] - photo.rgb[i + 2];
                        of_color = std::max({of_color, 255 * std::abs(r - g), 255 * std::abs(b - g)});
                        of_brightness = std::max(of_brightness, 255 * std::abs(0.299f * r + 0.587f * g + 0.114f * b));
                    }
                    CHECK(of_brightness > 3);
                    CHECK((of_color < 1.5f) == original);  // two values are rounded
                }
            }
        }
    }

    TEST_CASE("a climb in a cube ends with bytes that are as near to the photograph's") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        gradus::save_image(folder / "photo.png", bars());
        const Ran ran = gradus_in(folder / ".",
                                  "climb photo.png -o x.png --net squeezenet1_1 --objective 'energy(fire3/concat)' "
                                  "--steps 8 --linf 0.0313725",
                                  *weights);
        CAPTURE(ran.said);
        REQUIRE(ran.code == 0);
        CHECK(ran.said.find("away from the photograph: linf 0.0313725, l2 ") != std::string::npos);
        const gradus::Image from = gradus::load_image(folder / "photo.png"), to = gradus::load_image(folder / "x.png");
        long most = 0;  // in 1/255
        for (std::size_t i = 0; i < from.rgb.size(); ++i)
            most = std::max(most, std::lround(std::abs(to.rgb[i] - from.rgb[i]) * 255));
        CHECK(most == 8);
    }

    TEST_CASE("a search along lines ends at the picture that was asked for, and says why") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        gradus::save_image(folder / "photo.png", bars());
        gradus::Image wanted = bars();
        std::reverse(wanted.rgb.begin(), wanted.rgb.end());
        gradus::save_image(folder / "wanted.png", wanted);
        const std::string run =
            "climb photo.png -o x.png --net squeezenet1_1 --optimizer wolfe --transforms none --objective "
            "'near(wanted.png)@picture'";
        const Ran ran = gradus_in(folder / ".", run, *weights);
        CAPTURE(ran.said);
        CHECK(ran.code == 0);
        CHECK(ran.said.find(" evaluations, the gradient was 0 wherever the picture might still move\n") !=
              std::string::npos);
        CHECK(pixels_of(folder / "x.png") == pixels_of(folder / "wanted.png"));
        const Ran fading = gradus_in(folder / ".",
                                     "climb photo.png -o y.png --net squeezenet1_1 --optimizer wolfe --transforms none "
                                     "--objective 'tv(weight=\"0:1,5:0\")'",
                                     *weights);
        CHECK(fading.code == 1);
        CHECK(fading.said.find("an objective that changes from step to step") != std::string::npos);
        CHECK(folder.files() == 3);
    }

    TEST_CASE("invert and climb leave their report, trace and table besides") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        gradus::save_image(folder / "photo.png", bars());
        const std::string besides = " --net squeezenet1_1 --steps 3 --quiet -o x.png --report x.html --profile=x.json";
        for (const std::string& run : {"invert photo.png --layer fire2/concat --csv x.csv" + besides,
                                       "climb photo.png --objective 'energy(fire2/concat)'" + besides}) {
            CAPTURE(run);
            const Ran ran = gradus_in(folder / ".", run, *weights);
            CAPTURE(ran.said);
            CHECK(ran.code == 0);
            CHECK(fs::exists(folder / "x.png"));
            const std::string page = gradus::test::file_bytes(folder / "x.html");
            CHECK(gradus::test::malformed(page).empty());
            CHECK(page.find("<svg") != std::string::npos);
            CHECK(gradus::test::file_bytes(folder / "x.json").find("\"name\":\"run 3\"") != std::string::npos);
            for (const char* file : {"x.png", "x.html", "x.json"}) fs::remove(folder / file);
        }
        const std::string table = gradus::test::file_bytes(folder / "x.csv");
        CHECK(table.starts_with("layer,tv weight,error,total variation\nfire2/concat,"));
        CHECK(std::count(table.begin(), table.end(), '\n') == 2);
    }

    TEST_CASE("invert keeps the picture before a number that is not finite, and says so in one sentence") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        gradus::save_image(folder / "photo.png", bars());
        const std::string run = "invert photo.png --net squeezenet1_1 --layer fire2/concat --quiet -o x.png ";
        // The squares of such a gradient are beyond floats at the first step.
        const Ran broken = gradus_in(folder / ".", run + "--steps 3 --tv-weight 1e9 --tv-beta 8", *weights);
        CHECK(broken.code == 1);
        CHECK(broken.said ==
              "gradus: invert: the objective or its gradient was not finite for fire2/concat at step 1; x.png holds "
              "the picture as it was before, and a smaller --rate may help\n");
        const std::string kept = pixels_of(folder / "x.png");
        const Ran still = gradus_in(folder / ".", run + "--steps 1 --optimizer ascent --rate 0", *weights);
        CAPTURE(still.said);
        CHECK(still.code == 0);
        CHECK(pixels_of(folder / "x.png") == kept);
    }

    TEST_CASE("style says in one sentence what it cannot use, and keeps the last good picture") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        gradus::save_image(folder / "photo.png", bars());
        gradus::save_image(folder / "mask.png", lower_half());
        gradus::Image glass = bars(), line = bars();
        glass.alpha = std::vector<float>(glass.rgb.size() / 3, 0.0f);
        gradus::save_image(folder / "glass.png", glass);
        line.width = 1;
        line.rgb.resize(static_cast<std::size_t>(line.height) * 3);
        gradus::save_image(folder / "line.png", line);
        const gradus::Image black{.width = 64, .height = 64, .rgb = std::vector<float>(64 * 64 * 3, 0.0f)};
        gradus::save_image(folder / "black.png", black);
        folder.write("tiny.ppm", "P3 2 2 255 0 0 0 9 9 9 99 99 99 255 255 255\n");
        const std::string run = "style photo.png --net squeezenet1_1 --size 32 --steps 2 --quiet -o x.png --style ";
        for (const auto& [rest, sentence] : std::vector<std::pair<std::string, std::string>>{
                 {"glass.png",
                  "style: found nothing in \"glass.png\" that is opaque, expected a part whose style is wanted"},
                 {"mask.png --style-mask black.png",
                  "style: found nothing in \"mask.png\" that is white in its --style-mask, and opaque, expected a part "
                  "whose style is wanted"},
                 {"line.png",
                  "style: was given a style picture that is 1x32 at the size of the run, expected at least 4 pixels "
                  "each way: deep layers see nothing in less"},
                 {"mask.png --style-weights 0",
                  "style: was given no style picture with a weight above 0, expected at least one"},
                 {"mask.png --style-weight 0 --content-weight 0",
                  "style: was given a content weight and a style weight of 0, expected one of them above 0"},
                 {"mask.png --mask tiny.ppm",
                  "\"tiny.ppm\": found a mask of 2x2, expected 64x64, the size of \"photo.png\""},
                 {"mask.png --style-mask tiny.ppm",
                  "\"tiny.ppm\": found a mask of 2x2, expected 64x64, the size of \"mask.png\""},
                 {"mask.png --content-mask tiny.ppm",
                  "\"tiny.ppm\": found a mask of 2x2, expected 64x64, the size of \"photo.png\""},
                 {"mask.png --unit-means",
                  "squeezenet1_1: the means of its channels over photographs are not known, expected vgg19"},
                 {"mask.png --optimizer wolfe --average 0.9",
                  "style: was given --average with --optimizer wolfe, which looks at the whole of one picture"}}) {
            const Ran ran = gradus_in(folder / ".", run + rest, *weights);
            CHECK(ran.code == 1);
            CHECK(ran.said == "gradus: " + sentence + "\n");
            CHECK(!fs::exists(folder / "x.png"));
        }
        // Weights that are beyond floats at the first step.
        const Ran broken = gradus_in(folder / ".",
                                     run +
                                         "mask.png --style-weight 1e15 --style-loss gatys --tv-weight 1e12 "
                                         "--optimizer adam --rate 1e30 --free --init noise",
                                     *weights);
        CHECK(broken.code == 1);
        CHECK(broken.said.starts_with("gradus: style: the loss or its gradient was not finite at step "));
        CHECK(broken.said.ends_with("; x.png holds the picture as it was before, and a smaller --rate may help\n"));
        for (const float v : gradus::load_image(folder / "x.png").rgb) CHECK((v >= 0 && v <= 1));
    }

    TEST_CASE("what is transparent in a style picture does not count, whatever lies there") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        gradus::save_image(folder / "photo.png", bars());
        gradus::save_image(folder / "opaque.png", bars());
        gradus::save_image(folder / "mask.png", lower_half());
        gradus::Image half = bars();
        half.alpha = std::vector<float>();
        for (std::size_t i = 0; i < half.rgb.size(); i += 3) half.alpha->push_back(lower_half().rgb[i]);
        gradus::save_image(folder / "half.png", half);
        const std::string run = "style photo.png --net squeezenet1_1 --size 32 --steps 2 --quiet -o x.png --style ";
        const auto made = [&](const std::string& rest) {
            const Ran ran = gradus_in(folder / ".", run + rest, *weights);
            CAPTURE(ran.said);
            REQUIRE(ran.code == 0);
            return pixels_of(folder / "x.png");
        };
        CHECK(made("half.png") == made("opaque.png --style-mask mask.png"));
        CHECK(made("half.png") != made("opaque.png"));
    }

    TEST_CASE("saliency leaves a page with every picture, and says how far a method of many samples is") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        fs::create_directory(folder / "in");
        gradus::save_image(folder / "in/photo.png", bars());
        const std::string besides = " --net squeezenet1_1 -o x.png --report x.html";
        const auto page_of = [&](const std::string& arguments, std::string& said) {
            const Ran ran = gradus_in(folder / ".", "saliency " + arguments + besides, *weights);
            CAPTURE(ran.said);
            CHECK(ran.code == 0);
            said = ran.said;
            std::string page = gradus::test::file_bytes(folder / "x.html");
            CHECK(gradus::test::malformed(page).empty());
            return page;
        };
        const auto check_has = [](const std::string& text, const std::string& part) {
            CHECK_MESSAGE(text.find(part) != std::string::npos, part);
        };
        std::string said;
        const std::string maps =
            page_of("in/photo.png --size 64 --class goldfish --method all --samples 6 --window 32 --stride 16", said);
        for (const std::string& method : gradus::saliency_methods()) {
            check_has(maps, "<figcaption>" + method + ": goldfish, score ");
            check_has(maps, "<th scope=\"row\">" + method + "</th><td class=\"seconds\">");
        }
        for (const char* part : {"<figcaption>in/photo.png</figcaption>", ", probability 0.", " of 1000</figcaption>",
                                 "integrated-gradients: sums to "})
            check_has(maps, part);
        // No terminal: a plain line when a method is done.
        for (const char* line : {"saliency: integrated-gradients, sample 6/6, ", "saliency: smoothgrad, sample 6/6, ",
                                 "saliency: occlusion, square 9/9, "})
            check_has(said, line);
        CHECK(said.find("gradient-x-input, sample") == std::string::npos);
        check_has(page_of("in/photo.png --layer fire3/concat --channel 5 --receptive-field", said),
                  "<figcaption>receptive field: fire3/concat, channel 5 at ");
        check_has(page_of("--patches in --layer fire3/concat --channel 5", said), "<figcaption>photo.png: ");
        page_of("in/photo.png --size 64 --method occlusion --quiet", said);
        CHECK(said.empty());
    }

    TEST_CASE("a run that goes on from a checkpoint writes the same picture, byte for byte") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        const std::string run =
            "visualize --net squeezenet1_1 --layer fire3/concat --channels 0-2 --batch 2 --size 48 --steps 6 --quiet "
            "-o x.png";
        CHECK(gradus_in(folder / ".", run, *weights).said.empty());
        const std::string whole = gradus::test::file_bytes(folder / "x.png");
        // Written at steps 4 and 8: the last one lies in the second batch.
        CHECK(gradus_in(folder / ".", run + " --checkpoint run.ckpt --checkpoint-every 4", *weights).code == 0);
        CHECK(gradus::test::file_bytes(folder / "x.png") == whole);
        fs::remove(folder / "x.png");
        const Ran resumed = gradus_in(folder / ".", run + " --resume run.ckpt --threads 1", *weights);
        CAPTURE(resumed.said);
        CHECK(resumed.code == 0);
        const Ran other = gradus_in(folder / ".", run + " --resume run.ckpt --tv 0.5", *weights);
        CHECK(other.code == 1);
        CHECK(other.said == "gradus: run.ckpt: was made with --tv 0, now 0.5 was asked for\n");
        const Ran again = gradus_in(folder / ".", run + " --resume run.ckpt", *weights);
        CHECK(again.code == 0);
        CHECK(gradus::test::file_bytes(folder / "x.png") == whole);
    }

    TEST_CASE("a run goes on with the objective that it began with, or not at all") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        folder.write("tiny.ppm", "P3 2 2 255 0 0 0 9 9 9 99 99 99 255 255 255\n");
        const std::string run = "climb tiny.ppm -o x.png --net squeezenet1_1 --steps 2 --transforms none --quiet ";
        const std::string first = "--objective 'mean(picture)' ", other = "--objective 'mean(input)' ";
        CHECK(gradus_in(folder / ".", run + first + "--checkpoint run.ckpt --checkpoint-every 1", *weights).code == 0);
        const std::string made = gradus::test::file_bytes(folder / "x.png");
        const Ran refused = gradus_in(folder / ".", run + other + "--resume run.ckpt", *weights);
        CHECK(refused.code == 1);
        CHECK(refused.said ==
              "gradus: run.ckpt: was made with --objective mean(picture), now mean(input) was asked for\n");
        CHECK(gradus::test::file_bytes(folder / "x.png") == made);
        CHECK(gradus_in(folder / ".", run + first + "--resume run.ckpt", *weights).code == 0);
    }

    TEST_CASE("pictures and masks that an objective names are compared by what they hold") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        folder.write("tiny.ppm", "P3 2 2 255 0 0 0 9 9 9 99 99 99 255 255 255\n");
        folder.write("mask.ppm", "P3 1 1 255 255 255 255\n");
        const std::string run =
            "climb tiny.ppm -o x.png --net squeezenet1_1 --steps 2 --transforms none --quiet "
            "--objective 'near(tiny.ppm, layer=picture) - l1(mask=mask.ppm)'";
        const Ran first = gradus_in(folder / ".", run + " --checkpoint run.ckpt --checkpoint-every 1", *weights);
        CAPTURE(first.said);
        CHECK(first.code == 0);
        folder.write("mask.ppm", "P3 1 1 255 0 0 0\n");
        const Ran other = gradus_in(folder / ".", run + " --resume run.ckpt", *weights);
        CAPTURE(other.said);
        CHECK(other.code == 1);
        CHECK(other.said.find("picture 2 of --objective") != std::string::npos);
    }

    TEST_CASE("a direction in a file is what the same one is as a text, and compared by what it holds") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        std::vector<float> along(128, 0.0f);
        along[3] = 1;
        along[7] = -0.5f;
        const auto write = [&](const char* name) {
            gradus::write_safetensors(folder / name, std::vector<gradus::NamedValues>{{"v", {128}, along}}, {});
        };
        write("v.safetensors");
        write("moved.safetensors");
        along[7] = 0.5f;
        write("other.safetensors");
        const std::string run =
            "visualize --net squeezenet1_1 --layer fire3/concat --size 32 --steps 3 --quiet -o x.png --direction ";
        REQUIRE(gradus_in(folder / ".", run + "3:1,7:-0.5", *weights).code == 0);
        const std::string made = pixels_of(folder / "x.png");
        const Ran first =
            gradus_in(folder / ".", run + "v.safetensors --checkpoint run.ckpt --checkpoint-every 2", *weights);
        CAPTURE(first.said);
        CHECK(first.code == 0);
        CHECK(pixels_of(folder / "x.png") == made);
        CHECK(gradus_in(folder / ".", run + "moved.safetensors --resume run.ckpt", *weights).code == 0);
        CHECK(pixels_of(folder / "x.png") == made);
        const Ran other = gradus_in(folder / ".", run + "other.safetensors --resume run.ckpt", *weights);
        CHECK(other.code == 1);
        CHECK(other.said.starts_with("gradus: run.ckpt: was made with --direction SHA-256 "));
    }

    TEST_CASE("how different the pictures of a class are to be is refused") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const auto weights = gradus::test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const gradus::test::TempFolder folder;
        const std::string run = "visualize --net squeezenet1_1 --class goldfish --variants 2 --diversity 3 -o x.png";
        const Ran ran = gradus_in(folder / ".", run, *weights);
        CHECK(ran.code == 1);
        CHECK(ran.said.starts_with("gradus: visualize: was given --diversity for a class"));
        CHECK(folder.files() == 0);
    }

    TEST_CASE("the memory of a plan is what was predicted (slow)") {
        SKIP_WITHOUT(gradus::test::program_built(), "the program, built");
        const gradus::test::TempFolder folder;
        const Ran ran = gradus_in(folder / ".", "explain --net vgg19 --layer conv5_1 --size 512 --runs 1");
        CAPTURE(ran.said);
        REQUIRE(ran.code == 0);
        CHECK(megabytes(ran.said, "activations") < 260);
        const double predicted = megabytes(ran.said, "in all"), taken = megabytes(ran.said, "at most");
        CHECK(predicted > 0.9 * taken);
        CHECK(predicted < 1.1 * taken);
    }
}
