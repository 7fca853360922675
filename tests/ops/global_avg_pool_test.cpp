#include "ops/global_avg_pool.h"

#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("global_avg_pool") {
    TEST_CASE("takes the mean of each channel of each picture") {
        Graph g;
        const Tensor y = value(global_avg_pool(g.leaf(Tensor({2, 1, 2, 2}, {1, 10, 3, 30, -1, 0, -2, 8}))));
        CHECK(y.shape() == Shape{2, 1, 1, 2});
        const float expected[] = {2, 20, -1.5f, 4};
        for (std::size_t i = 0; i < 4; ++i) CHECK(y.values<float>()[i] == expected[i]);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const Shape& shape : {Shape{1, 7, 7, 256}, Shape{1, 1, 1, 3}, Shape{3, 5, 3, 17}, Shape{1, 37, 65, 3},
                                   Shape{2, 8, 9, 64}, Shape{2, 33, 40, 64}, Shape{1, 37, 65, 40}})
            test::check_op({.name = "global_avg_pool " + to_string(shape),
                            .shapes = {shape},
                            .f = [](const std::vector<Var>& in) { return global_avg_pool(in[0]); },
                            .sum_length = 64});
    }
    TEST_CASE("takes slices of wider tensors") {
        for (const int first : {3, 8})
            test::check_op(
                {.name = "global_avg_pool of a slice",
                 .shapes = {{2, 32, 33, 24}},
                 .f = [&](const std::vector<Var>& in) { return global_avg_pool(slice_channels(in[0], first, 16)); },
                 .sum_length = 64});
    }
    TEST_CASE("keeps a small mean of many large numbers") {
        std::vector<float> values(1 << 20);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 2 == 0 ? 1000.0f : -999.0f;
        Graph g;
        CHECK(value(global_avg_pool(g.leaf(Tensor({1, 1024, 1024, 1}, values)))).values<float>()[0] == 0.5f);
    }
    TEST_CASE("refuses what is no batch of pictures") {
        Graph g;
        test::check_refuses([&] { global_avg_pool(g.leaf(test::noise_tensor({4, 4}))); }, "expected (N,H,W,C)");
    }
}
