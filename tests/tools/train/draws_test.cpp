#include "tools/train/draws.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "ops/random.h"
#include "tests/check.h"
#include "tools/search/noise.h"
#include "tools/train/mixup.h"

using namespace gradus;

TEST_SUITE("draws") {
    TEST_CASE("are the numbers that the ops draw for an item and a step") {
        Graph g;
        const RandomKey key{.stream = "x", .seed = 5, .step = g.leaf(whole_number(7)), .item = 9};
        const Tensor real = value(random_uniform({1, 11}, key, -1, 3)),
                     whole = value(random_int({1, 11}, key, 0, 1000));
        const Draws draws("x", 5, 7, 9);
        for (int e = 0; e < 11; ++e) {
            CHECK(draws.uniform(e, -1, 3) == real.values<float>()[static_cast<std::size_t>(e)]);
            CHECK(draws.below(e, 1000) == whole.values<std::int32_t>()[static_cast<std::size_t>(e)]);
        }
    }
    TEST_CASE("put all numbers into an order, each of six about as often") {
        std::vector<int> order = permutation(1000, Draws("order", 1, 0, 0));
        CHECK(!std::ranges::is_sorted(order));
        std::ranges::sort(order);
        for (int i = 0; i < 1000; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
        std::map<std::vector<int>, int> times;
        for (int epoch = 0; epoch < 6000; ++epoch) ++times[permutation(3, Draws("order", 1, epoch, 0))];
        CHECK(times.size() == 6);
        // 1000 each, with a deviation of 29: five of them.
        for (const auto& [of, n] : times) CHECK(std::abs(n - 1000) < 145);
        CHECK(permutation(1, Draws("order", 1, 0, 0)) == std::vector<int>{0});
    }
    TEST_CASE("mix with weights from a beta distribution") {
        for (const double alpha : {0.2, 0.5, 1.0}) {
            double sum = 0, squares = 0;
            const int n = 20000;
            for (int i = 0; i < n; ++i) {
                const double w = mixup_weight(alpha, Draws("mixup", 3, 0, i));
                REQUIRE(w >= 0.5);
                REQUIRE(w <= 1);
                sum += w;
                squares += (w - 0.5) * (w - 0.5);
            }
            // The variance of Beta(a, a), about 1/2 whichever part is taken, is 1 / (4 (2 a + 1)).
            CHECK(squares / n == doctest::Approx(1 / (4 * (2 * alpha + 1))).epsilon(0.02));
            if (alpha == 1) CHECK(sum / n == doctest::Approx(0.75).epsilon(0.01));              // evenly over 1/2..1
            if (alpha == 0.5) CHECK(sum / n == doctest::Approx(0.5 + 1 / M_PI).epsilon(0.01));  // the arcsine law
        }
        CHECK(mixup_weight(1e-4, Draws("mixup", 3, 0, 0)) == doctest::Approx(1));
    }
}
