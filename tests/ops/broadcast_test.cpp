#include "ops/broadcast.h"

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("broadcast") {
    TEST_CASE("repeats one number, or one per channel") {
        Graph g;
        const Tensor y = value(broadcast(g.leaf(Tensor({2}, {1, 2})), {2, 2})),
                     z = value(broadcast(g.number(3), {2, 2}));
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(y.values<float>()[i] == (i % 2 == 0 ? 1.0f : 2.0f));
            CHECK(z.values<float>()[i] == 3.0f);
        }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const auto& [from, to] : {std::pair{Shape{1}, Shape{1}}, std::pair{Shape{1}, Shape{2, 3, 5, 7}},
                                       std::pair{Shape{7}, Shape{2, 3, 5, 7}}, std::pair{Shape{3}, Shape{1, 75, 75, 3}},
                                       std::pair{Shape{1}, Shape{1, 75, 75, 3}}, std::pair{Shape{1}, Shape{4, 1}}})
            test::check_op({.name = "broadcast " + to_string(from) + " to " + to_string(to),
                            .shapes = {from},
                            .f = [to = to](const std::vector<Var>& in) { return broadcast(in[0], to); },
                            .sum_length = static_cast<double>(to.size()),
                            .bf16 = from.size() > 1});  // one number may cancel between its two gradients
    }
    TEST_CASE("refuses what does not fit") {
        Graph g;
        test::check_refuses(
            [&] {
                broadcast(g.leaf(test::noise_tensor({2})), {2, 3});
            },
            "broadcast: was given f32 (2)");
    }
}
