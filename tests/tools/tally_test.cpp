#include "tools/techniques/tally.h"

#include <doctest/doctest.h>

using namespace gradus;

TEST_SUITE("tally") {
    TEST_CASE("counts what is right, and what the worst are taken for") {
        Tally tally;
        CHECK(tally.top1() == 0);
        const auto say = [&](int truth, std::vector<int> said) {
            std::vector<ClassProbability> best;
            for (const int index : said) best.push_back({index, 0.1f});
            tally.add(truth, best);
        };
        say(7, {7, 1, 2, 3, 4});
        say(7, {1, 2, 3, 4, 7});
        say(7, {7});
        say(7, {2, 7});
        say(3, {5, 1, 2, 4, 6, 3});  // the sixth
        say(3, {5});
        say(3, {1});
        say(9, {9});
        CHECK(tally.pictures() == 8);
        CHECK(tally.top1() == 100.0 * 3 / 8);
        CHECK(tally.top5() == 100.0 * 5 / 8);
        const std::vector<Tally::OfClass> worst = tally.worst(2);
        REQUIRE(worst.size() == 2);
        CHECK(worst[0].index == 3);
        CHECK(worst[0].pictures == 3);
        CHECK(worst[0].right == 0);
        CHECK(worst[0].taken_for == std::vector<std::pair<int, int>>{{5, 2}, {1, 1}});
        CHECK(worst[1].index == 7);
        CHECK(worst[1].right == 2);
        CHECK(tally.worst(10).size() == 3);
    }
}
