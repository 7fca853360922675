#include "tools/techniques/invert.h"

#include <doctest/doctest.h>

#include <cmath>

#include "nets/seeded_weights.h"
#include "ops/pointwise.h"
#include "tests/check.h"
#include "tools/search/layer_objectives.h"

using namespace gradus;

namespace {

const Net& small_net() {
    static const Net net(net_table("vgg16"), seeded_weights());
    return net;
}

/// Smooth bars of color.
Image bars() {
    Image image{.width = 32, .height = 24, .rgb = {}};
    for (int h = 0; h < 24; ++h)
        for (int w = 0; w < 32; ++w)
            for (int c = 0; c < 3; ++c)
                image.rgb.push_back(0.5f + 0.3f * std::sin(0.3f * static_cast<float>(w + c * h)));
    return image;
}

InvertOptions small(const std::string& layer) {
    InvertOptions o;
    o.layer = layer;
    o.search.steps = 60;
    return o;
}

double distance(const Image& a, const Image& b) {
    double sum = 0, size = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        sum += std::pow(static_cast<double>(a.rgb[i] - b.rgb[i]), 2);
        size += std::pow(static_cast<double>(b.rgb[i]), 2);
    }
    return std::sqrt(sum / size);
}

}  // namespace

TEST_SUITE("invert") {
    TEST_CASE("starts from noise as long as a photograph is, about the net's mean") {
        InvertOptions o = small("conv1_1");
        o.search.steps = 1;
        o.search.optimizer = ascent(1e-9);
        const Image start = invert(small_net(), bars(), o, {.threads = 2}).pictures[0];
        double sum = 0, squares = 0;
        for (const float v : start.rgb) {
            sum += static_cast<double>(v);
            squares += static_cast<double>(v) * static_cast<double>(v);
        }
        const auto n = static_cast<double>(start.rgb.size());
        // A deviation of 0.27, less what 0 and 1 cut off.
        CHECK(std::sqrt(squares / n - sum / n * sum / n) == doctest::Approx(0.25).epsilon(0.08));
        CHECK(sum / n == doctest::Approx(0.45).epsilon(0.05));
    }
    TEST_CASE("an early layer gives the picture back, and the error that is told is the picture's") {
        InvertOptions o = small("conv1_1");
        o.search.steps = 120;
        const Inversion result = invert(small_net(), bars(), o, {.threads = 2});
        REQUIRE(result.pictures.size() == 1);
        CHECK(result.errors[0] < 0.2);
        CHECK(distance(result.pictures[0], bars()) < 0.15);
        CHECK(result.variations[0] < 2);
        REQUIRE(result.curves[0].values.size() == 120);
        CHECK(result.curves[0].values.back() > result.curves[0].values.front());
    }
    TEST_CASE("several starts have a mean, and a spread that is 0 where they agree") {
        InvertOptions o = small("conv2_1");
        o.starts = 3;
        o.search.steps = 5;
        const Inversion result = invert(small_net(), bars(), o, {.threads = 2});
        REQUIRE(result.pictures.size() == 3);
        CHECK(result.pictures[0].rgb != result.pictures[1].rgb);
        const std::size_t i = 100;
        const double a = static_cast<double>(result.pictures[0].rgb[i]),
                     b = static_cast<double>(result.pictures[1].rgb[i]),
                     c = static_cast<double>(result.pictures[2].rgb[i]), mean = (a + b + c) / 3;
        CHECK(static_cast<double>(result.mean.rgb[i]) == doctest::Approx(mean));
        CHECK(static_cast<double>(result.spread.rgb[i]) ==
              doctest::Approx(std::sqrt((a * a + b * b + c * c) / 3 - mean * mean)).epsilon(1e-3));
    }
    TEST_CASE("a neighborhood matches the middle only, a group its channels") {
        InvertOptions o = small("conv2_1");
        o.neighborhood = 2;
        const Inversion middle = invert(small_net(), bars(), o, {.threads = 2});
        CHECK(middle.errors[0] < 0.5);
        // Far from the middle nothing is asked of the picture but to be smooth.
        CHECK(distance(middle.pictures[0], bars()) > 0.15);
        o.neighborhood = 0;
        o.group = 1;
        o.groups = 2;
        CHECK(invert(small_net(), bars(), o, {.threads = 2}).errors[0] < 0.5);
    }
    TEST_CASE("where the objective is no longer finite, the picture is the one before that step") {
        InvertOptions o = small("conv1_1");
        o.search.optimizer = ascent(0.01);
        o.search.steps = 4;
        const Inversion before = invert(small_net(), bars(), o, {.threads = 2});
        o.search.steps = 9;
        o.besides = mean_of("picture");
        o.besides.terms[0].value = [](const Scene& scene) {
            const StepSchedule level({{0, 1}, {3, 1}, {4, -1}});
            return log(level.record(scene.step(), scene.steps()));  // 0, then the logarithm of -1
        };
        const Inversion broken = invert(small_net(), bars(), o, {.threads = 2});
        CHECK(before.end == SearchEnd::steps);
        CHECK(broken.end == SearchEnd::not_finite);
        CHECK(broken.steps == 4);
        CHECK(broken.pictures[0].rgb == before.pictures[0].rgb);
        CHECK(broken.errors == before.errors);
    }
    TEST_CASE("what is not there is refused") {
        InvertOptions o = small("conv9_1");
        test::check_refuses([&] { invert(small_net(), bars(), o, {.threads = 1}); }, "conv");
        o = small("conv2_1");
        o.neighborhood = 100;
        test::check_refuses([&] { invert(small_net(), bars(), o, {.threads = 1}); }, "100 places across");
    }
}
