// The mean of what a search has gone through.
#include "tools/search/average.h"

#include <cmath>

#include "tests/check.h"
#include "tests/tools/tiny_nets.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/search.h"

using namespace gradus;

namespace {

SearchOptions options(double average) {
    return {.written = pixels_as_they_are(), .optimizer = adam(0.02), .average = average, .steps = 5};
}

Search search(const SearchOptions& o) { return Search(test::tiny_net(), {channel("relu2", 3)}, 16, 16, o, {}); }

}  // namespace

TEST_SUITE("average") {
    TEST_CASE("is the mean of the start and of what each step left, weighed by powers of the decay") {
        std::vector<std::vector<float>> path;
        Search plain = search(options(0));
        plain.start_from_noise();
        path.push_back(plain.picture(0).rgb);
        plain.run([&](const SearchLook& look) {
            path.push_back(look.picture(0).rgb);
            return true;
        });
        REQUIRE(path.size() == 6);
        Search averaging = search(options(0.8));
        averaging.start_from_noise();
        const Image made = averaging.run()[0].picture;
        CHECK(averaging.picture_without_mask(0).rgb == path.back());
        for (std::size_t i = 0; i < made.rgb.size(); ++i) {
            double sum = 0, weight = 0;
            for (std::size_t t = 0; t < path.size(); ++t) {
                const double w = std::pow(0.8, static_cast<double>(path.size() - 1 - t));
                sum += w * static_cast<double>(path[t][i]);
                weight += w;
            }
            CHECK(static_cast<double>(made.rgb[i]) == doctest::Approx(sum / weight).epsilon(1e-5));
        }
    }
    TEST_CASE("goes on from a state with the same bytes, and is there when the search is over") {
        Search whole = search(options(0.8));
        whole.start_from_noise();
        const std::vector<float> made = whole.run()[0].picture.rgb;
        for (const int stop : {2, 5}) {
            CAPTURE(stop);
            SearchState state;
            Search first = search(options(0.8));
            first.start_from_noise();
            first.run([&](const SearchLook& look) {
                state = look.state();
                return look.done < stop;
            });
            Search second = search(options(0.8));
            second.restore(state);
            CHECK(second.run()[0].picture.rgb == made);
        }
    }
    TEST_CASE("a second run begins it anew") {
        Search s = search(options(0.8));
        s.start_from_noise();
        const std::vector<float> made = s.run()[0].picture.rgb;
        s.start_from_noise();
        CHECK(s.run()[0].picture.rgb == made);
    }
    TEST_CASE("a decay outside 0 to 1 is refused") {
        test::check_refuses([] { search(options(1)); }, "was given the decay 1 of an average, expected 0 to 1");
    }
}
