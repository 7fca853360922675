#include "tools/search/search.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "nets/seeded_weights.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/check.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/picture_objectives.h"

using namespace gradus;

namespace {

constexpr int side = 32;
const std::string layer = "inception_3a/output";

const Net& net() {
    static const Net seeded(net_table("googlenet"), seeded_weights());
    return seeded;
}

SearchOptions small_search() {
    return {.written = fourier(), .transforms = {robust()}, .optimizer = adam(), .steps = 6, .seed = 3};
}

Search search(const SearchOptions& o, std::vector<Objective> objectives = {channel(layer, 5)},
              const PlanOptions& plans = {.threads = 2}) {
    return Search(net(), std::move(objectives), side, side, o, plans);
}

double psnr(const Image& a, const Image& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) sum += std::pow(static_cast<double>(a.rgb[i] - b.rgb[i]), 2);
    return -10 * std::log10(sum / static_cast<double>(a.rgb.size()) + 1e-30);
}

/// NaN from the step on that the picture's own step count says.
Objective broken_after(int steps) {
    Objective o = channel(layer, 5);
    o.terms[0].value = [steps](const Scene& scene) {
        Var x = mean(scene.picture());
        const StepSchedule level({{0, 1}, {steps - 1, 1}, {steps, -1}});
        return add(x, scale(log(level.record(scene.step(), scene.steps())), 1));  // the logarithm of -1
    };
    return o;
}

}  // namespace

TEST_SUITE("search") {
    TEST_CASE("every optimizer climbs, however the picture is written") {
        for (const Parametrization& written : {pixels_as_they_are(), fourier(), laplacian()})
            for (const Optimizer& optimizer : {adam(0.02), ascent(0.02), momentum(0.05), rmsprop(0.02), lbfgs(0.5)}) {
                CAPTURE(written.name);
                CAPTURE(optimizer.name);
                SearchOptions o = small_search();
                o.written = written;
                o.transforms = {};
                o.optimizer = optimizer;
                const SearchResult result = search(o).run()[0];
                const std::vector<double>& objective = result.curves[0].values;
                REQUIRE(objective.size() == 6);
                CHECK(objective.back() > objective.front());
            }
    }
    TEST_CASE("a picture of a batch takes the path that it takes alone") {
        SearchOptions o = small_search();
        Search both = search(o, {channel(layer, 5), channel(layer, 9)});
        const std::vector<SearchResult> together = both.run();
        for (int item = 0; item < 2; ++item) {
            o.first_item = item;
            const SearchResult alone = search(o, {channel(layer, item == 0 ? 5 : 9)}).run()[0];
            CHECK(psnr(alone.picture, together[static_cast<std::size_t>(item)].picture) > 60);
        }
    }
    TEST_CASE("one seed gives the same bytes, on any number of threads; another seed others") {
        SearchOptions o = small_search();
        const Image once = search(o).run()[0].picture;
        CHECK(search(o, {channel(layer, 5)}, {.threads = 1}).run()[0].picture.rgb == once.rgb);
        o.seed = 4;
        CHECK(search(o).run()[0].picture.rgb != once.rgb);
    }
    TEST_CASE("a picture stays as it was when the activation was reached") {
        SearchOptions o = small_search();
        o.steps = 12;
        Search free = search(o);
        const SearchResult all = free.run()[0];
        const std::vector<double>& wanted = all.curves[1].values;
        // A level that is first passed at some step in the middle.
        const double level = wanted[7];
        int first = 0;
        while (wanted[static_cast<std::size_t>(first)] < level) ++first;
        o.until = level;
        const SearchResult stopped = search(o).run()[0];
        CHECK(stopped.end == SearchEnd::reached);
        CHECK(stopped.steps == first);
        CHECK(stopped.curves[1].values.back() == wanted[static_cast<std::size_t>(first)]);
        o.until.reset();
        o.steps = first;
        if (first > 0) {
            const SearchResult shorter = search(o).run()[0];
            CHECK(shorter.picture.rgb == stopped.picture.rgb);
        }
    }
    TEST_CASE("a number that is not finite stops the search with the last good picture") {
        SearchOptions o = small_search();
        o.written = pixels_as_they_are();
        const SearchResult broken = search(o, {broken_after(4)}).run()[0];
        CHECK(broken.end == SearchEnd::not_finite);
        CHECK(broken.steps == 4);
        for (const float v : broken.picture.rgb) CHECK(std::isfinite(v));
    }
    TEST_CASE("why a picture stands still is what its state says") {
        SearchOptions o = small_search();
        Search s = search(o);
        s.run();
        SearchState state = s.state();
        for (auto& [name, tensor] : state.tensors)
            if (name == "0/held") tensor.values_to_write<std::int32_t>()[0] = 2;
        std::erase_if(state.tensors, [](const auto& t) { return t.first.find("adam") != std::string::npos; });
        Search again = search(o);
        again.restore(state);
        CHECK(again.run()[0].end == SearchEnd::not_finite);
    }
    TEST_CASE("an objective may have more terms than a note takes, and goes on from a state") {
        SearchOptions o = small_search();
        Objective many = channel(layer, 0);
        for (int i = 1; i < 70; ++i) many = std::move(many) + channel(layer, i);
        Search s = search(o, {many});
        std::optional<SearchState> half;
        const SearchResult whole = s.run([&](const SearchLook& look) {
            if (look.done == 3) half = look.state();
            return true;
        })[0];
        REQUIRE(whole.curves.size() == 73);
        double sum = 0;
        for (std::size_t i = 3; i < 73; ++i) sum += whole.curves[i].values.back();
        CHECK(sum == doctest::Approx(whole.curves[0].values.back()).epsilon(1e-3));
        Search again = search(o, {many});
        again.restore(*half);
        const SearchResult resumed = again.run()[0];
        CHECK(resumed.picture.rgb == whole.picture.rgb);
        CHECK(resumed.curves[72].values == whole.curves[72].values);
    }
    TEST_CASE("a profile is of the plan that ran") {
        SearchOptions o = small_search();
        o.profile = true;
        for (const int redirected : {0, o.steps - 1, o.steps}) {
            CAPTURE(redirected);
            o.redirected = redirected;
            const SearchResult result = search(o).run()[0];
            REQUIRE(!result.profile.empty());
            CHECK(!result.timed_runs.empty());
        }
    }
    TEST_CASE("a mask of a term lies where the picture lies") {
        // A picture of two halves, and a mask that is white where the picture is: however it is moved, what is seen of
        // the input through the mask is white alone.
        Image halves{.width = side, .height = side, .rgb = std::vector<float>(side * side * 3, 0.0f)};
        std::fill(halves.rgb.begin(), halves.rgb.begin() + side * side * 3 / 2, 1.0f);
        SearchOptions o = small_search();
        o.written = pixels_as_they_are();
        o.optimizer = ascent(0);  // nothing moves but the view
        o.transforms = {jitter(20)};
        const double half = 0.5;  // of the input is white
        Search s = search(o, {masked(mean_of("input"), halves)});
        s.start_from(0, halves);
        const SearchResult result = s.run()[0];
        for (const double seen : result.curves[0].values) CHECK(seen == doctest::Approx(half));
    }
    TEST_CASE("a watcher sees every step, and may stop") {
        int steps = 0;
        const SearchResult result = search(small_search()).run([&](const SearchLook& look) {
            CHECK(look.picture(0).width == side);
            CHECK(look.done == ++steps);
            return steps < 3;
        })[0];
        CHECK(result.end == SearchEnd::stopped);
        CHECK(result.steps == 3);
        CHECK(result.curves[0].values.size() == 3);
    }
    TEST_CASE("outside a mask the picture stays") {
        SearchOptions o = small_search();
        o.around = Image{.width = side, .height = side, .rgb = test::noise(side * side * 3)};
        for (float& v : o.around->rgb) v = 0.5f + 0.4f * v;
        o.mask = Image{.width = side, .height = side, .rgb = std::vector<float>(side * side * 3, 0.0f)};
        std::fill(o.mask->rgb.begin(), o.mask->rgb.begin() + side * side * 3 / 2, 1.0f);
        const Image result = search(o).run()[0].picture;
        const std::size_t half = result.rgb.size() / 2;
        CHECK(std::equal(result.rgb.begin() + static_cast<std::ptrdiff_t>(half), result.rgb.end(),
                         o.around->rgb.begin() + static_cast<std::ptrdiff_t>(half)));
        CHECK(!std::equal(result.rgb.begin(), result.rgb.begin() + static_cast<std::ptrdiff_t>(half),
                          o.around->rgb.begin()));
    }
    TEST_CASE("CUDA kernels on the processor make the same picture") {
        SearchOptions o = small_search();
        o.steps = 2;
        const Image here = search(o).run()[0].picture;
        const Image there = search(o, {channel(layer, 5)}, {.device = &cuda_on_cpu_device()}).run()[0].picture;
        CHECK(psnr(here, there) > 45);
    }
    TEST_CASE("a schedule goes straight from point to point") {
        const StepSchedule s = parse_schedule("2:1,6:3,8:0");
        CHECK(s.at(0) == 1);
        CHECK(s.at(4) == 2);
        CHECK(s.at(7) == 1.5);
        CHECK(s.at(100) == 0);
        CHECK(parse_schedule("0.25").at(7) == 0.25);
        for (const char* wrong : {"", "a", "1:", "1:2,1:3", "3:1,2:2", "1:nan", "1:2,"})
            CHECK_THROWS_AS(parse_schedule(wrong), Error);
    }
}

TEST_SUITE("parametrizations") {
    TEST_CASE("each gives back the picture that it was made from") {
        Image photo{.width = 24, .height = 17, .rgb = test::noise(24 * 17 * 3)};
        for (float& v : photo.rgb) v = 0.5f + 0.4f * v;
        for (const Parametrization& written : {pixels_as_they_are(), fourier(), laplacian()}) {
            CAPTURE(written.name);
            const Tensor numbers = written.encode(photo);
            CHECK(numbers.shape() == written.shape(17, 24));
            Graph g;
            const Tensor picture = value(written.picture(g.leaf(numbers), 17, 24));
            double worst = 0;
            for (std::size_t i = 0; i < photo.rgb.size(); ++i)
                worst = std::max(worst, static_cast<double>(std::abs(picture.values<float>()[i] - photo.rgb[i])));
            CHECK(worst < 2e-4);
        }
    }
    TEST_CASE("waves of one length say the same of both directions") {
        // The spectrum of the start falls as 1/f: the low half of the frequencies holds nearly all of the variance.
        const Parametrization written = fourier({.sigma = 1, .decorrelate = false});
        Graph g;
        const Tensor picture = value(written.picture(g.leaf(written.noise(32, 32, 1, 0)), 32, 32));
        double down = 0, across = 0;
        const auto x = picture.values<float>();
        for (std::size_t h = 0; h + 1 < 32; ++h)
            for (std::size_t w = 0; w + 1 < 32; ++w) {
                const std::size_t i = (h * 32 + w) * 3;
                down += std::pow(static_cast<double>(x[i] - x[i + 96]), 2);
                across += std::pow(static_cast<double>(x[i] - x[i + 3]), 2);
            }
        CHECK(down / across > 0.5);
        CHECK(down / across < 2);
    }
}
