#include "ops/lrn.h"

#include <cmath>

#include "tests/caffe_layer.h"
#include "tests/golden_op.h"

using namespace gradus;

TEST_SUITE("lrn") {
    TEST_CASE("divides by a power of the squares around, the channels beyond the edge being 0") {
        Graph g;
        const Tensor y = value(lrn(g.leaf(Tensor({1, 4}, {1, 2, 3, 4})), {.size = 3, .alpha = 3, .beta = 0.5, .k = 2}));
        const float expected[] = {1 / std::sqrt(7.0f), 2 / std::sqrt(16.0f), 3 / std::sqrt(31.0f),
                                  4 / std::sqrt(27.0f)};
        for (std::size_t i = 0; i < 4; ++i) CHECK(y.values<float>()[i] == doctest::Approx(expected[i]).epsilon(1e-6));
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        const LrnOptions plain{.alpha = 1}, weak{}, wide{.size = 31, .alpha = 2},
            narrow{.size = 1, .alpha = 1, .k = 0.5};
        for (const auto& [shape, options] : {std::pair{Shape{1, 14, 14, 64}, plain},
                                             {Shape{1, 7, 6, 192}, weak},
                                             {Shape{2, 3, 5, 13}, plain},
                                             {Shape{1, 1, 1, 1}, plain},
                                             {Shape{1, 2, 2, 3}, plain},
                                             {Shape{2, 3, 3, 17}, wide},
                                             {Shape{1, 4, 5, 65}, wide},
                                             {Shape{1, 4, 5, 64}, wide},
                                             {Shape{1, 3, 3, 40}, {.size = 9, .alpha = 2}},
                                             {Shape{1, 3, 3, 40}, {.size = 17, .alpha = 2}},
                                             {Shape{1, 5, 7, 8}, narrow},
                                             {Shape{1, 1, 1, 1030}, {.size = 7, .alpha = 1}},
                                             {Shape{1, 9, 3, 6}, narrow},
                                             {Shape{1, 7, 7, 16}, {.alpha = 1.5, .beta = 0.6}},
                                             {Shape{1, 1, 2, 30}, {.size = 513, .alpha = 3}},
                                             {Shape{1, 1, 2, 20}, {.size = 515, .alpha = 3}}})
            test::check_op({.name = "lrn " + to_string(shape) + " size " + std::to_string(options.size),
                            .shapes = {shape},
                            .f = [o = options](const std::vector<Var>& in) { return lrn(in[0], o); },
                            .sum_length = static_cast<double>(options.size)});
    }
    TEST_CASE("large activations neither overflow nor vanish") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 5}, {1e15f, 0, 0, 0, 2e-20f}));
        const Tensor y = value(lrn(x, {.alpha = 1}));
        CHECK(y.values<float>()[0] == doctest::Approx(1e15 / std::pow(1 + 2e29, 0.75)).epsilon(1e-5));
        CHECK(y.values<float>()[4] == 2e-20f);
    }
    TEST_CASE("agrees with PyTorch") {
        test::check_golden("lrn", [](Var x) { return lrn(x); });
    }
    TEST_CASE("agrees with Caffe") {
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        test::check_caffe_layer("lrn_channels", [](Var x) { return lrn(x, {.alpha = 1.1}); });
    }
    TEST_CASE("refuses an even size") {
        Graph g;
        test::check_refuses([&] { lrn(g.leaf(test::noise_tensor({1, 4})), {.size = 4}); }, "the size is 4");
        test::check_refuses([&] { lrn(g.leaf(test::noise_tensor({1, 4})), {.size = -1}); }, "the size is -1");
    }
}
