#include "ops/pad.h"

#include "tests/golden_op.h"

using namespace gradus;

namespace {

std::vector<float> row_of(PadMode mode, int by) {
    Graph g;
    const Tensor y = value(pad(g.leaf(Tensor({1, 1, 4, 1}, {1, 2, 3, 4})), {0, 0, by, by}, mode));
    return {y.values<float>().begin(), y.values<float>().end()};
}

const std::pair<PadMode, const char*> modes[] = {{PadMode::zero, "zero"},
                                                 {PadMode::reflect, "reflect"},
                                                 {PadMode::replicate, "replicate"},
                                                 {PadMode::circular, "circular"}};

}  // namespace

TEST_SUITE("pad") {
    TEST_CASE("continues the picture as the mode says, as far as asked") {
        CHECK(row_of(PadMode::zero, 2) == std::vector<float>{0, 0, 1, 2, 3, 4, 0, 0});
        CHECK(row_of(PadMode::reflect, 2) == std::vector<float>{3, 2, 1, 2, 3, 4, 3, 2});
        CHECK(row_of(PadMode::replicate, 2) == std::vector<float>{1, 1, 1, 2, 3, 4, 4, 4});
        CHECK(row_of(PadMode::circular, 2) == std::vector<float>{3, 4, 1, 2, 3, 4, 1, 2});
        CHECK(row_of(PadMode::reflect, 5) == std::vector<float>{2, 3, 4, 3, 2, 1, 2, 3, 4, 3, 2, 1, 2, 3});
        CHECK(row_of(PadMode::circular, 5) == std::vector<float>{4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1});
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const auto& [mode, name] : modes)
            for (const auto& [shape, by] :
                 {std::pair{Shape{2, 4, 5, 3}, Padding(2, 1, 3, 2)}, std::pair{Shape{1, 1, 1, 7}, Padding(1, 2, 3, 0)},
                  std::pair{Shape{1, 3, 2, 2}, Padding(7, 5, 6, 9)}, std::pair{Shape{1, 19, 23, 3}, Padding(7)},
                  std::pair{Shape{1, 4, 3, 300}, Padding(1)}, std::pair{Shape{1, 5, 6, 2}, Padding(0)},
                  std::pair{Shape{2, 5, 6, 16}, Padding(2)}})
                test::check_op({.name = std::string("pad ") + name + " " + to_string(shape),
                                .shapes = {shape},
                                .f = [&, m = mode, b = by](const std::vector<Var>& in) { return pad(in[0], b, m); }});
    }
    TEST_CASE("agrees with PyTorch") {
        for (const auto& [mode, name] : modes)
            if (mode != PadMode::zero)
                test::check_golden(std::string("pad_") + name, [m = mode](Var x) { return pad(x, {2, 1, 3, 2}, m); });
    }
    TEST_CASE("refuses what it cannot pad") {
        Graph g;
        test::check_refuses(
            [&] {
                pad(g.leaf(Tensor({4}, {1, 2, 3, 4})), 1);
            },
            "pad: was given f32 (4), expected (N,H,W,C)");
        test::check_refuses([&] { pad(g.leaf(Tensor({1, 1, 1, 1}, {1})), {0, -1, 0, 0}); }, "-1 below");
    }
}
