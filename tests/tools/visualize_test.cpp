#include "tools/techniques/visualize.h"

#include <doctest/doctest.h>

#include "nets/seeded_weights.h"
#include "tests/check.h"
#include "tests/tools/tiny_nets.h"

using namespace gradus;

namespace {

const Net& small_net() {
    static const Net net(net_table("googlenet"), seeded_weights());
    return net;
}

VisualizeOptions small(std::vector<Unit> units) {
    VisualizeOptions o;
    o.units = std::move(units);
    o.height = o.width = 32;
    o.search = {.written = fourier(), .transforms = {robust()}, .steps = 8};
    return o;
}

/// Its only ReLU is dead unless a pixel's three values sum up to more than 2.7.
Net dead_net() {
    Rows rows;
    const std::string hidden = rows.relu(rows.conv("data", "conv", 1, {.size = 1}), "relu");
    rows.conv(hidden, "answer", 1, {.size = 1});
    return test::toy_net(std::move(rows), "answer",
                         {{"conv.weight", {1, 1, 1}}, {"conv.bias", {-2.7f}}, {"answer.weight", {1}}});
}

}  // namespace

TEST_SUITE("visualize") {
    TEST_CASE("units of every kind are excited more, and a report says how much") {
        const std::string layer = "inception_3a/output";
        const std::vector<Visualization> all =
            visualize(small_net(),
                      small({{.layer = layer, .channel = 5},
                             {.layer = layer, .channel = 9, .row = Unit::middle, .column = Unit::middle},
                             {.layer = layer, .channel = 9, .row = 0, .column = 1},
                             {.layer = layer}}),
                      {.threads = 2});
        REQUIRE(all.size() == 4);
        for (const Visualization& v : all) {
            CHECK(v.after.activation > v.before.activation);
            CHECK(v.search.picture.width == 32);
        }
        CHECK(all[0].after.of == 256);
        CHECK(all[0].after.rank <= all[0].before.rank);
        CHECK(all[3].after.of == 0);
    }
    TEST_CASE("a class rises in score and probability") {
        VisualizeOptions o = small({class_unit(small_net(), 7)});
        o.height = o.width = 64;
        o.search.transforms = {};  // seeded weights are no trained net: what one view likes, another may not
        o.search.optimizer = adam(0.01);
        const Visualization v = visualize(small_net(), o, {.threads = 2})[0];
        CHECK(v.after.activation > v.before.activation);
        CHECK(v.after.probability > v.before.probability);
        CHECK(v.after.of == 1000);
    }
    TEST_CASE("minimizing goes the other way, and a start is kept where it is given") {
        VisualizeOptions o = small({{.layer = "inception_3a/output", .channel = 5}});
        o.minimize = true;
        const Visualization v = visualize(small_net(), o, {.threads = 2})[0];
        CHECK(v.after.activation < v.before.activation);

        o.init = Image{.width = 32, .height = 32, .rgb = test::noise(32 * 32 * 3)};
        for (float& value : o.init->rgb) value = 0.5f + 0.3f * value;
        o.search.steps = 1;
        o.search.optimizer = adam(1e-6);
        const Image near = visualize(small_net(), o, {.threads = 2})[0].search.picture;
        double worst = 0;
        for (std::size_t i = 0; i < near.rgb.size(); ++i)
            worst = std::max(worst, static_cast<double>(std::abs(near.rgb[i] - o.init->rgb[i])));
        CHECK(worst < 1e-3);
    }
    TEST_CASE("a net whose ReLUs are all dead begins to answer when gradients are redirected") {
        const Net dead = dead_net();
        const auto answer = [&](int redirected) {
            VisualizeOptions o;
            o.units = {{.layer = "answer", .channel = 0}};
            o.height = o.width = 4;
            o.search = {
                .written = pixels_as_they_are(), .optimizer = adam(0.05), .steps = 40, .redirected = redirected};
            return visualize(dead, o, {.threads = 1})[0];
        };
        const Visualization plain = answer(0), redirected = answer(20);
        CHECK(plain.before.activation == 0);
        CHECK(plain.after.activation == 0);
        CHECK(redirected.after.activation > 0.1);
    }
    TEST_CASE("what is not there is refused") {
        test::check_refuses(
            [] { visualize(small_net(), small({{.layer = "inception_3a/output", .channel = 256}}), {.threads = 1}); },
            "expected 0 to 255");
        test::check_refuses([] { visualize(small_net(), small({{.layer = "inception_3z"}}), {.threads = 1}); },
                            "inception_3");
    }
}
