#include "tools/techniques/dream.h"

#include <doctest/doctest.h>

#include "nets/seeded_weights.h"
#include "tests/check.h"

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
