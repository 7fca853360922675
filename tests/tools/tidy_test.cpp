#include "tools/search/tidy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "nets/seeded_weights.h"
#include "tests/check.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/mean_color.h"
#include "tools/search/presets.h"

using namespace gradus;

namespace {

constexpr int side = 32;
const std::string layer = "inception_3a/output";

const Net& net() {
    static const Net seeded(net_table("googlenet"), seeded_weights());
    return seeded;
}

Search search(const SearchOptions& o) { return Search(net(), {channel(layer, 5)}, side, side, o, {.threads = 2}); }

SearchOptions pixels(int steps) {
    return {.written = pixels_as_they_are(), .optimizer = ascent(0.002), .steps = steps, .seed = 3};
}

double distance_from_mean(const Image& picture) {
    const std::array<float, 3> mean = mean_color(net());
    double sum = 0;
    for (std::size_t i = 0; i < picture.rgb.size(); ++i)
        sum += std::pow(static_cast<double>(picture.rgb[i] - mean[i % 3]), 2);
    return std::sqrt(sum);
}

/// Pixels that have the mean color.
int at_mean(const Image& picture) {
    const std::array<float, 3> mean = mean_color(net());
    int count = 0;
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
        bool all = true;
        for (std::size_t c = 0; c < 3; ++c) all = all && std::abs(picture.rgb[i + c] - mean[c]) < 1e-6f;
        count += all ? 1 : 0;
    }
    return count;
}

Image photo() {
    Image image{.width = side, .height = side, .rgb = test::noise(side * side * 3)};
    for (float& v : image.rgb) v = std::clamp(0.5f + 0.6f * v, 0.0f, 1.0f);  // some values lie at the ends
    return image;
}

/// What `steps` steps from the photograph leave with these tidies.
Image climbed(const std::vector<Tidy>& tidies, int steps, Device* device = &cpu_device()) {
    SearchOptions o = pixels(steps);
    o.optimizer = ascent(0.02);
    o.tidies = tidies;
    Search s(net(), {channel(layer, 5)}, side, side, o, {.device = device, .threads = 2});
    s.start_from(0, photo());
    return s.run()[0].picture;
}

double linf(const Image& a, const Image& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i)
        most = std::max(most, std::abs(static_cast<double>(a.rgb[i]) - static_cast<double>(b.rgb[i])));
    return most;
}

double l2(const Image& a, const Image& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i)
        sum += std::pow(static_cast<double>(a.rgb[i]) - static_cast<double>(b.rgb[i]), 2);
    return std::sqrt(sum);
}

}  // namespace

TEST_SUITE("tidy") {
    TEST_CASE("the mean color is what the net takes for 0") {
        const std::array<float, 3> mean = mean_color(net());
        const Preprocessing& input = net().table().input;
        for (std::size_t i = 0; i < 3; ++i)
            CHECK(mean[static_cast<std::size_t>(input.from[i])] * 255 == doctest::Approx(input.mean[i]));
    }
    TEST_CASE("decay takes the picture nearer to the mean by its share") {
        SearchOptions o = pixels(1);
        o.optimizer = ascent(0);  // nothing but the tidy moves
        const double before = distance_from_mean(search(o).picture(0));
        o.tidies = {decay(0.25)};
        CHECK(distance_from_mean(search(o).run()[0].picture) == doctest::Approx(0.75 * before).epsilon(1e-5));
        o.steps = 3;
        CHECK(distance_from_mean(search(o).run()[0].picture) ==
              doctest::Approx(0.75 * 0.75 * 0.75 * before).epsilon(1e-5));
    }
    TEST_CASE("a tidy comes every so many steps") {
        SearchOptions o = pixels(5);
        o.optimizer = ascent(0);
        Tidy half = decay(0.5);
        half.every = 2;
        o.tidies = {half};
        Search s = search(o);
        const double before = distance_from_mean(s.picture(0));
        CHECK(distance_from_mean(s.run()[0].picture) == doctest::Approx(before / 4).epsilon(1e-5));
    }
    TEST_CASE("pixels that are small or idle get the mean color") {
        for (const Tidy& tidy : {drop_small(75), drop_idle(75)}) {
            CAPTURE(tidy.name);
            SearchOptions o = pixels(1);
            o.tidies = {tidy};
            // Those below the 75th percentile of 1024 pixels.
            CHECK(at_mean(search(o).run()[0].picture) == 768);
        }
    }
    TEST_CASE("small and idle are not the same pixels") {
        SearchOptions o = pixels(1);
        o.tidies = {drop_small(75)};
        const Image small = search(o).run()[0].picture;
        o.tidies = {drop_idle(75)};
        CHECK(search(o).run()[0].picture.rgb != small.rgb);
    }
    TEST_CASE("a blur makes neighbors alike") {
        SearchOptions o = pixels(1);
        const auto roughness = [](const Image& p) {
            double sum = 0;
            for (std::size_t i = 3; i < p.rgb.size(); ++i)
                sum += std::abs(static_cast<double>(p.rgb[i] - p.rgb[i - 3]));
            return sum;
        };
        const double before = roughness(search(o).run()[0].picture);
        o.tidies = {blur(1, 1)};
        CHECK(roughness(search(o).run()[0].picture) < 0.6 * before);
    }
    TEST_CASE("a picture that is held is not tidied") {
        SearchOptions o = pixels(4);
        o.until = -1e9;  // reached at once
        o.tidies = {decay(0.5), drop_small(50)};
        Search s = search(o);
        const Image before = s.picture(0);
        const SearchResult result = s.run()[0];
        CHECK(result.end == SearchEnd::reached);
        CHECK(result.picture.rgb == before.rgb);
    }
    TEST_CASE("balls hold what a free step would leave, moved straight to the nearest place inside") {
        const Image free = climbed({}, 1), from = photo();
        const double cube = 0.01, ball = l2(free, from) / 3;
        REQUIRE(linf(free, from) > 3 * cube);
        Image in_cube = free, in_ball = free;
        for (std::size_t i = 0; i < from.rgb.size(); ++i) {
            const double c = static_cast<double>(from.rgb[i]), d = static_cast<double>(free.rgb[i]) - c;
            in_cube.rgb[i] = static_cast<float>(c + std::clamp(d, -cube, cube));
            in_ball.rgb[i] = static_cast<float>(c + d / 3);
        }
        CHECK(linf(climbed({within_linf(from, cube)}, 1), in_cube) < 2e-7);
        CHECK(linf(climbed({within_l2(from, ball)}, 1), in_ball) < 1e-6);
    }
    TEST_CASE("what lies inside a ball keeps its bits") {
        const Image free = climbed({}, 3), from = photo();
        CHECK(climbed({within_linf(from, 1)}, 3).rgb == free.rgb);
        CHECK(climbed({within_l2(from, 60)}, 3).rgb == free.rgb);
    }
    TEST_CASE("all steps stay in both balls and in 0..1, on every device") {
        const Image from = photo();
        for (Device* device : {&cpu_device(), &cuda_on_cpu_device()}) {
            CAPTURE(device->name());
            const double cube = 0.05, ball = 1;
            const int steps = device == &cpu_device() ? 12 : 3;
            const Image picture = climbed({within_linf(from, cube), within_l2(from, ball)}, steps, device);
            CHECK(linf(picture, from) < cube + 1e-6);
            CHECK(l2(picture, from) < ball + 1e-5);
            CHECK(l2(picture, from) > 0.99 * ball);
            for (const float v : picture.rgb) CHECK((v >= 0 && v <= 1));
            // The cube alone leaves more than the ball lets through, so both were needed.
            const Image in_cube = climbed({within_linf(from, cube)}, steps, device);
            CHECK(l2(in_cube, from) > 1.2 * ball);
            CHECK(linf(in_cube, from) > 0.99 * cube);
        }
    }
    TEST_CASE("a ball has a size, and a center as large as the picture") {
        for (const double radius : {0.0, -1.0, std::nan("")}) {
            test::check_refuses([&] { within_linf(photo(), radius); }, "expected more than 0");
            test::check_refuses([&] { within_l2(photo(), radius); }, "expected more than 0");
        }
        Image small = photo();
        small.height /= 2;
        small.rgb.resize(small.rgb.size() / 2);
        test::check_refuses([&] { climbed({within_l2(small, 1)}, 1); },
                            "search: within_l2 was given a center of shape (1, 16, 32, 3), expected (1, 32, 32, 3)");
    }
    TEST_CASE("what is tidied are pixels") {
        SearchOptions o = pixels(1);
        o.written = fourier();
        o.tidies = {decay(0.5)};
        o.tidies[0].every = 100;  // before any step is taken
        test::check_refuses([&] { search(o); }, "search: decay tidies pixels");
    }
}

TEST_SUITE("presets") {
    TEST_CASE("a step of progress gains what is desired, where the largest rate lets it") {
        const Optimizer optimizer = progress(0.5, 1);
        for (const auto& [slope, expected] : {std::pair{2.0f, 0.125f}, {0.1f, 1.0f}, {0.0f, 1.0f}}) {
            Graph g;
            Tensor x({2}, {3, 4});
            Var rate = g.number(0.5f), gradient = g.leaf(Tensor({2}, {slope, 0}));
            Plan plan(g, optimizer.step(g.leaf(x), gradient, rate, {}, {}));
            plan.run();
            CHECK(x.values<float>()[0] == doctest::Approx(3 - expected * slope));
            CHECK(x.values<float>()[1] == 4);
        }
    }
    TEST_CASE("each climbs from noise around the mean, and stays a picture") {
        for (const std::string& name : preset_names()) {
            CAPTURE(name);
            SearchOptions o{.seed = 3};
            use_preset(name, net(), o);
            o.steps = 12;
            Search s = search(o);
            CHECK(distance_from_mean(s.picture(0)) / std::sqrt(3.0 * side * side) ==
                  doctest::Approx(10.0 / 255).epsilon(0.05));
            const SearchResult result = s.run()[0];
            CHECK(result.curves[0].values.size() == 12);
            // The tidies alone take from the objective: without the steps it ends lower.
            o.optimizer = ascent(0);
            CHECK(result.curves[0].values.back() > search(o).run()[0].curves[0].values.back());
            for (const float v : result.picture.rgb) CHECK((v >= -1e-6f && v <= 1 + 1e-6f));
        }
    }
    TEST_CASE("an unknown name is refused") {
        SearchOptions o;
        test::check_refuses([&] { use_preset("yosinski5", net(), o); }, "there is no preset yosinski5");
    }
}
