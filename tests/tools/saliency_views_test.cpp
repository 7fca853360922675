// What `gradus saliency` writes: sizes, notes, and what is left out.
#include "tools/cli/saliency_views.h"

#include <doctest/doctest.h>

#include "tests/check.h"
#include "tests/temp_folder.h"
#include "tests/tools/tiny_nets.h"

using namespace gradus;

namespace {

Image photograph(int width, int height) {
    Image image{.width = width, .height = height, .rgb = {}};
    for (const float v : test::noise(width * height * 3)) image.rgb.push_back(0.5f + 0.4f * v);
    return image;
}

NetRun tiny_run() { return {test::tiny_net(), DType::f32, {.threads = 1}}; }

SaliencyOptions quick() {
    SaliencyOptions o;
    o.samples = 2;
    o.occlusion = {.window = 8, .stride = 8};
    return o;
}

}  // namespace

TEST_SUITE("saliency views") {
    TEST_CASE("a map lies over the photograph as it was given, and alone has the size that the net saw") {
        const NetRun run = tiny_run();
        const NetPicture picture = picture_for(photograph(60, 40), run.net.table(), "scores", 0);
        CHECK(picture.pixels.shape() == Shape{1, 16, 24, 3});
        const Unit unit = class_unit(run.net, 1);
        const SaliencyView over = view_of(run, unit, picture, "grad-cam", quick(), {});
        CHECK((over.picture.width == 60 && over.picture.height == 40));
        const SaliencyView alone = view_of(run, unit, picture, "grad-cam", quick(), {.map_only = true});
        CHECK((alone.picture.width == 24 && alone.picture.height == 16));
        const SaliencyView guided = view_of(run, unit, picture, "guided-backprop", quick(), {});
        CHECK((guided.picture.width == 24 && guided.picture.height == 16));
        const SaliencyView integrated = view_of(run, unit, picture, "integrated-gradients", quick(), {});
        REQUIRE(integrated.notes.size() == 1);
        CHECK(integrated.notes[0].starts_with("integrated-gradients: sums to "));
    }
    TEST_CASE("nets that take one size see the middle, and the rest is not shown") {
        const NetPicture picture = picture_for(photograph(60, 40), net_table("lenet"), "conv1", 0);
        CHECK(picture.pixels.shape() == Shape{1, 28, 28, 3});
        CHECK((picture.shown.width == 40 && picture.shown.height == 40));
    }
    TEST_CASE("all methods stand side by side; one that cannot be is left out with its reason") {
        const NetRun run = tiny_run();
        const NetPicture picture = picture_for(photograph(24, 24), run.net.table(), "scores", 0);
        const SaliencyView all = view_of_all(run, class_unit(run.net, 0), "a class", picture, quick(), {});
        CHECK(all.picture.width > 5 * 16);
        CHECK(all.notes.size() == 1);
        const SaliencyView first = view_of_all(run, {"conv1", 0, 3, 3}, "a unit", picture, quick(), {});
        REQUIRE(first.notes.size() == 3);
        CHECK(first.notes[1].starts_with("left out, grad-cam: no layer lies between the picture and conv1"));
        CHECK(all.parts.size() == saliency_methods().size());
        CHECK(all.timings.size() == all.parts.size());
        CHECK(first.parts.size() == all.parts.size() - 2);
        CHECK(first.parts.back().caption == "occlusion");
    }
    TEST_CASE("the view of a receptive field says what it measured") {
        const NetRun run = tiny_run();
        const NetPicture picture = picture_for(photograph(32, 32), run.net.table(), "conv2", 0);
        const Unit unit = strongest_unit(run, {"conv2", -1, 4, 4}, picture.pixels);
        const SaliencyView view = view_of_receptive_field(run, unit, picture, {});
        CHECK((view.picture.width == 32 && view.picture.height == 32));
        REQUIRE(view.notes.size() == 2);
        CHECK(view.notes[0].ends_with("can see rows 5 to 12 and columns 5 to 12 of 16 x 16 pixels"));
        // Twice the size: the frame's left upper corner is white.
        CHECK(view.picture.rgb[(10 * 32 + 10) * 3] == 1);
    }
    TEST_CASE("patches come from the files that can be read") {
        const test::TempFolder folder;
        const auto bad = folder.write("bad.png", "no picture");
        const auto good = folder / "good.png";
        save_image(good, photograph(20, 20));
        const SaliencyView view = view_of_patches(tiny_run(), {"conv2", 3}, "a unit", {bad, good}, 4);
        CHECK(view.picture.width >= 112);
        int asked = 0;
        const auto optimized = [&](int side) {
            asked = side;
            return photograph(side, side);
        };
        const SaliencyView both = view_of_patches(tiny_run(), {"conv2", 3}, "a unit", {good}, 4, optimized);
        CHECK(asked == 64);
        CHECK(both.picture.width > view.picture.width);
        test::check_refuses(
            [&] {
                view_of_patches(tiny_run(), {"conv2", 3}, "a unit", {bad}, 4);
            },
            "none of 1 pictures could be read");
    }
}
