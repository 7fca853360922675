#include "tools/techniques/dream.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "nets/seeded_weights.h"
#include "tests/check.h"
#include "tools/image/moved.h"

using namespace gradus;

namespace {

Image clouds(int width, int height) {
    Image image;
    image.width = width;
    image.height = height;
    const std::vector<float> noise = test::noise(width * height * 3);
    for (const float v : noise) image.rgb.push_back(0.5f + 0.2f * v);
    return image;
}

DreamOptions small_dream() {
    DreamOptions o;
    o.layers = {{"inception_3a/output", 1}};
    o.octaves = 2;
    o.steps = 4;
    o.jitter = 5;
    return o;
}

DreamResult dreamed(const DreamOptions& o, int threads = 1) {
    const Net net(net_table("googlenet"), seeded_weights());
    return dream(net, clouds(48, 40), o, {.threads = threads, .arena = std::make_shared<Arena>()});
}

Image right_half(int width, int height) {
    Image mask{.width = width, .height = height, .rgb = {}};
    for (int i = 0; i < width * height; ++i) mask.rgb.insert(mask.rgb.end(), 3, i % width < width / 2 ? 0.0f : 1.0f);
    return mask;
}

/// How many of the values in columns from..to - 1 differ between two pictures of one size.
int changed(const Image& a, const Image& b, int from, int to) {
    int count = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        const int column = static_cast<int>(i / 3) % a.width;
        count += column >= from && column < to && a.rgb[i] != b.rgb[i] ? 1 : 0;
    }
    return count;
}

}  // namespace

TEST_SUITE("dream") {
    TEST_CASE("the energy rises at every size, and the picture keeps its own") {
        const DreamResult result = dreamed(small_dream());
        REQUIRE(result.objectives.size() == 2);
        for (const auto& [first, last] : result.objectives) CHECK(last > first);
        CHECK(result.picture.width == 48);
        CHECK(result.picture.height == 40);
    }
    TEST_CASE("one seed gives the same bytes on one thread and on two, another seed other ones") {
        DreamOptions o = small_dream();
        const DreamResult once = dreamed(o, 1), again = dreamed(o, 2);
        CHECK(once.picture.rgb == again.picture.rgb);
        o.seed = 1;
        CHECK(dreamed(o).picture.rgb != once.picture.rgb);
    }
    TEST_CASE("every way of dreaming changes the picture, each in its own way") {
        const DreamResult plain = dreamed(small_dream());
        std::vector<DreamOptions> ways(5, small_dream());
        ways[0].whole = true;
        ways[1].smoothing = 0.5f;
        ways[2].channel = 7;
        ways[3].row = ways[3].column = 1;
        ways[4].guide = clouds(32, 32);
        for (const DreamOptions& o : ways) CHECK(dreamed(o).picture.rgb != plain.picture.rgb);
    }
    TEST_CASE("where the mask is black the photograph stays bit for bit, at every size and either way to carry") {
        const Image photo = clouds(48, 40);
        for (const bool whole : {false, true}) {
            CAPTURE(whole);
            DreamOptions o = small_dream();
            o.octaves = 3;
            o.whole = whole;
            o.mask = right_half(48, 40);
            const Image picture = dreamed(o).picture;
            CHECK(changed(picture, photo, 0, 24) == 0);
            CHECK(changed(picture, photo, 24, 48) > 0.9 * 24 * 40 * 3);
        }
    }
    TEST_CASE("a step is as long beside a black half as without") {
        DreamOptions o = small_dream();
        o.octaves = 1;
        o.steps = 1;
        const Image photo = clouds(48, 40), free = dreamed(o).picture;
        o.mask = right_half(48, 40);
        const Image half = dreamed(o).picture;
        double with = 0, without = 0;
        for (std::size_t i = 0; i < photo.rgb.size(); ++i) {
            if (static_cast<int>(i / 3) % 48 < 24) continue;
            with += std::abs(static_cast<double>(half.rgb[i] - photo.rgb[i]));
            without += std::abs(static_cast<double>(free.rgb[i] - photo.rgb[i]));
        }
        CHECK(with / (24 * 40 * 3) == doctest::Approx(1.5 / 255).epsilon(1e-3));
        CHECK(with / without == doctest::Approx(1).epsilon(0.2));
    }
    TEST_CASE("a white mask is none, a black one leaves nothing to dream") {
        DreamOptions o = small_dream();
        const Image free = dreamed(o).picture, photo = clouds(48, 40);
        o.mask = Image{.width = 1, .height = 1, .rgb = {1, 1, 1}};
        const Image white = dreamed(o).picture;
        double worst = 0, moved = 0;
        for (std::size_t i = 0; i < free.rgb.size(); ++i) {
            worst = std::max(worst, static_cast<double>(std::abs(white.rgb[i] - free.rgb[i])));
            moved = std::max(moved, static_cast<double>(std::abs(photo.rgb[i] - free.rgb[i])));
        }
        CHECK(worst < 0.02 * moved);
        o.mask = Image{.width = 1, .height = 1, .rgb = {0, 0, 0}};
        CHECK(dreamed(o).picture.rgb == photo.rgb);
    }
    TEST_CASE("gray mixes once, however many sizes there are") {
        // Steps so short that the net answers to half of a change as to the whole: what is added is half of it.
        DreamOptions o = small_dream();
        o.octaves = 3;
        o.step = 0.05f;
        const Image free = dreamed(o).picture, photo = clouds(48, 40);
        o.mask = Image{.width = 1, .height = 1, .rgb = {0.5f, 0.5f, 0.5f}};
        const Image half = dreamed(o).picture;
        double along = 0, length = 0;
        for (std::size_t i = 0; i < photo.rgb.size(); ++i) {
            const auto before = static_cast<double>(photo.rgb[i]), added = static_cast<double>(free.rgb[i]) - before;
            along += (static_cast<double>(half.rgb[i]) - before) * added;
            length += added * added;
        }
        CHECK(along / length == doctest::Approx(0.5).epsilon(0.02));
    }
    TEST_CASE("a watcher sees every step, and may end the dream") {
        const Net net(net_table("googlenet"), seeded_weights());
        int steps = 0;
        const auto stop_at_three = [&](const DreamStep& s) {
            CHECK(s.picture().width == s.width);
            return ++steps < 3;
        };
        const DreamResult result = dream(net, clouds(48, 40), small_dream(), {.threads = 1}, false, stop_at_three);
        CHECK(steps == 3);
        CHECK(result.objectives.size() == 1);
    }
    TEST_CASE("planned once, every picture becomes what it becomes alone") {
        DreamOptions masked = small_dream();
        masked.mask = right_half(48, 40);
        masked.original_colors = true;
        const Net net(net_table("googlenet"), seeded_weights());
        Image other = clouds(48, 40);
        std::reverse(other.rgb.begin(), other.rgb.end());
        for (const DreamOptions& o : {small_dream(), masked}) {
            Dreamer dreamer(net, 40, 48, o, {.threads = 1});
            const Image first = dreamer.dream(other).picture;
            CHECK(dreamer.dream(clouds(48, 40)).picture.rgb == dreamed(o).picture.rgb);
            CHECK(dreamer.dream(other).picture.rgb == first.rgb);
        }
    }
    TEST_CASE("a tileable dream has no edges: moved around, a picture becomes the same dream, moved") {
        const Net net(net_table("googlenet"), seeded_weights());
        const Image photo = clouds(64, 48);
        const Motion around{.right = 16, .down = 16};  // the layer's stride is 8, 8 pixels at the smaller size
        const Image shifted = moved(photo, around, Beyond::repeated, 1);
        DreamOptions o = small_dream();
        o.octave_scale = 2;
        for (const float smoothing : {0.0f, 0.5f}) {
            CAPTURE(smoothing);
            o.smoothing = smoothing;
            for (const bool tileable : {true, false}) {
                o.tileable = tileable;
                const Image a = dream(net, photo, o, {.threads = 1}).picture,
                            b = dream(net, shifted, o, {.threads = 1}).picture,
                            expected = moved(a, around, Beyond::repeated, 1);
                double apart = 0, change = 0;
                for (std::size_t i = 0; i < b.rgb.size(); ++i) {
                    apart += std::pow(static_cast<double>(b.rgb[i] - expected.rgb[i]), 2);
                    change += std::pow(static_cast<double>(b.rgb[i] - shifted.rgb[i]), 2);
                }
                CHECK((std::sqrt(apart / change) < 0.01) == tileable);
            }
        }
    }
    TEST_CASE("a tileable dream has sides of whole strides") {
        const Net net(net_table("googlenet"), seeded_weights());
        DreamOptions o = small_dream();
        o.tileable = true;
        o.steps = 1;
        const DreamResult result = dream(net, clouds(50, 43), o, {.threads = 1});
        CHECK(result.picture.width == 48);
        CHECK(result.picture.height == 40);
    }
    TEST_CASE("what a layer does not have is refused") {
        DreamOptions o = small_dream();
        o.channel = 256;
        test::check_refuses([&] { dreamed(o); }, "which has channels 0 to 255");
        o = small_dream();
        o.row = o.column = 50;
        test::check_refuses([&] { dreamed(o); }, "columns 0 to");
        o = small_dream();
        o.layers = {{"inception_3a/outputs", 1}};
        test::check_refuses([&] { dreamed(o); }, "inception_3a/output\"");
    }
}
