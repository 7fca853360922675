// Searches on CUDA kernels, of a GPU and on the processor: its picture, and a host that looks only now and then.
#include <doctest/doctest.h>

#include <cmath>

#include "ops/pointwise.h"
#include "tests/check.h"
#include "tests/tools/tiny_nets.h"
#include "tools/cli/objective_context.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/search.h"
#include "tools/techniques/dream.h"
#include "tools/techniques/invert.h"

using namespace gradus;

namespace {

constexpr int height = 12, width = 16;

/// Those that there are, and the one that the processor imitates.
std::vector<Device*> gpus() {
    std::vector<Device*> all;
    for (Device* device : test::devices())
        if (device->kind() != DeviceKind::cpu) all.push_back(device);
    return all;
}

/// Smooth bars of color.
Image bars(float phase = 0) {
    Image image{.width = width, .height = height, .rgb = {}};
    for (int h = 0; h < height; ++h)
        for (int w = 0; w < width; ++w)
            for (int c = 0; c < 3; ++c)
                image.rgb.push_back(0.5f + 0.3f * std::sin(phase + 0.4f * static_cast<float>(w + c * h)));
    return image;
}

/// How far two pictures that came from the same start are apart, as a share of the way from there.
double apart(const Image& a, const Image& b, const Image& start) {
    double difference = 0, way = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        difference += std::pow(static_cast<double>(a.rgb[i] - b.rgb[i]), 2);
        way += std::pow(static_cast<double>(b.rgb[i] - start.rgb[i]), 2);
    }
    return std::sqrt(difference / way);
}

/// What `gradus climb` does with this objective, by its defaults; "other" in it is a picture.
SearchResult climbed(const std::string& text, Device& device, int steps, const SearchWatcher& watch = {},
                     std::optional<int> look_every = {}) {
    const Net net = test::tiny_net();
    const PlanOptions plans{.device = &device, .threads = 1};
    LanguageContext context = objective_context(net, height, width, DType::f32, plans);
    context.picture = [](const std::string&) { return bars(1); };
    SearchOptions o{.transforms = {jitter(4)}, .optimizer = ascent(1.5 / 255), .steps = steps};
    o.look_every = look_every;
    Search search(net, {read_objective(text, context)}, height, width, o, plans);
    search.start_from(0, bars());
    return search.run(watch)[0];
}

const std::string wanted = "2*channel(conv2, 3) + energy(relu2) + near(other)@relu1 - 0.1*tv";

/// NaN from this step on.
Objective broken_after(int steps) {
    Objective o = channel("conv2", 3);
    o.terms[0].value = [steps, value = o.terms[0].value](const Scene& scene) {
        const StepSchedule level({{0, 1}, {steps - 1, 1}, {steps, -1}});
        return add(value(scene), log(level.record(scene.step(), scene.steps())));  // the logarithm of -1
    };
    return o;
}

}  // namespace

TEST_SUITE("search on GPUs") {
    TEST_CASE("climbs an objective to the processor's picture") {
        const SearchResult here = climbed(wanted, cpu_device(), 6);
        for (Device* device : gpus()) {
            CAPTURE(device->name());
            const SearchResult there = climbed(wanted, *device, 6);
            CHECK(apart(there.picture, here.picture, bars()) < 1e-5);
            REQUIRE(there.curves.size() == here.curves.size());
            for (std::size_t i = 0; i < here.curves.size(); ++i) {
                CAPTURE(here.curves[i].name);
                REQUIRE(there.curves[i].values.size() == 6);
                for (std::size_t step = 0; step < 6; ++step)
                    CHECK(there.curves[i].values[step] == doctest::Approx(here.curves[i].values[step]).epsilon(1e-5));
            }
        }
    }
    TEST_CASE("inverts a layer to the processor's picture") {
        const Net net = test::tiny_net();
        InvertOptions o;
        o.layer = "relu2";
        o.starts = 2;
        o.search.steps = 8;
        const auto on = [&](Device& device) { return invert(net, bars(), o, {.device = &device, .threads = 1}); };
        const Inversion here = on(cpu_device());
        REQUIRE(here.curves[0].values.back() > here.curves[0].values.front());
        for (Device* device : gpus()) {
            CAPTURE(device->name());
            const Inversion there = on(*device);
            REQUIRE(there.pictures.size() == 2);
            CHECK(there.end == SearchEnd::steps);
            for (std::size_t n = 0; n < 2; ++n) {
                // They are rounded to 8 bits, the same but for what lies between two values.
                std::size_t other = 0;
                for (std::size_t i = 0; i < here.pictures[n].rgb.size(); ++i) {
                    const float by = std::abs(there.pictures[n].rgb[i] - here.pictures[n].rgb[i]);
                    CHECK(by < 1.01f / 255);
                    other += by > 0;
                }
                CHECK(other < here.pictures[n].rgb.size() / 100);
                CHECK(there.errors[n] == doctest::Approx(here.errors[n]).epsilon(1e-3));
            }
            for (std::size_t i = 0; i < here.curves.size(); ++i)
                CHECK(there.curves[i].values.back() == doctest::Approx(here.curves[i].values.back()).epsilon(1e-4));
        }
    }
    TEST_CASE("is looked at every so many steps and at the end, and its curves have every step") {
        for (Device* device : test::devices()) {
            CAPTURE(device->name());
            std::vector<int> looks;
            std::vector<double> objectives;
            const SearchResult result = climbed(
                wanted, *device, 8,
                [&](const SearchLook& look) {
                    looks.push_back(look.done);
                    objectives.push_back(look.objective);
                    CHECK(look.last == (look.done == 8));
                    CHECK(look.picture(0).width == width);
                    return true;
                },
                3);
            CHECK(looks == std::vector<int>{3, 6, 8});
            const std::vector<double>& curve = result.curves[0].values;
            REQUIRE(curve.size() == 8);
            CHECK(objectives == std::vector<double>{curve[2], curve[5], curve[7]});
            CHECK(curve == climbed(wanted, *device, 8).curves[0].values);

            const SearchResult stopped = climbed(
                wanted, *device, 8, [](const SearchLook& look) { return look.done < 6; }, 3);
            CHECK(stopped.end == SearchEnd::stopped);
            CHECK(stopped.steps == 6);
            CHECK(stopped.curves[0].values == std::vector<double>(curve.begin(), curve.begin() + 6));
        }
    }
    TEST_CASE("of a dream is looked at as often in each octave") {
        for (Device* device : test::devices()) {
            CAPTURE(device->name());
            DreamOptions o;
            o.layers = {{"relu2", 1}};
            o.octaves = 2;
            o.steps = 4;
            o.jitter = 2;
            o.look_every = 2;
            std::vector<std::pair<int, int>> looks;
            dream(test::tiny_net(), bars(), o, {.device = device, .threads = 1}, false, [&](const DreamStep& s) {
                looks.push_back({s.octave, s.step});
                return true;
            });
            CHECK(looks == std::vector<std::pair<int, int>>{{0, 1}, {0, 3}, {1, 1}, {1, 3}});
        }
    }
    TEST_CASE("stands still where a number is not finite, although nobody looks yet") {
        const Net net = test::tiny_net();
        const auto run = [&](Device& device, int look_every) {
            SearchOptions o{.optimizer = ascent(0.01), .steps = 9};
            o.look_every = look_every;
            Search search(net, {broken_after(4)}, height, width, o, {.device = &device, .threads = 1});
            search.start_from(0, bars());
            return search.run()[0];
        };
        for (Device* device : gpus()) {
            CAPTURE(device->name());
            const SearchResult often = run(*device, 1), seldom = run(*device, 7);
            CHECK(seldom.end == SearchEnd::not_finite);
            CHECK(seldom.steps == 4);
            CHECK(seldom.picture.rgb == often.picture.rgb);
            CHECK(apart(seldom.picture, run(cpu_device(), 1).picture, bars()) < 1e-5);
        }
    }
}
