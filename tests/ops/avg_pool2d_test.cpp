#include "ops/avg_pool2d.h"

#include "tests/caffe_layer.h"
#include "tests/golden_op.h"

using namespace gradus;

namespace {

struct PoolCase {
    const char* name;
    Shape x;
    Pool2dOptions options;
};

const PoolCase cases[] = {
    {"vgg, averaged", {1, 14, 14, 64}, {.size = 2, .stride = 2}},
    {"googlenet pool5", {1, 7, 7, 128}, {.size = 7, .stride = 1}},
    {"one pixel", {1, 1, 1, 3}, {.size = 1, .stride = 1}},
    {"odd sizes and channels", {2, 7, 9, 5}, {.size = 3, .stride = 2, .pad = 1, .ceil = true}},
    {"one channel more than some vectors", {1, 6, 5, 65}, {.size = 2, .stride = 1}},
    {"gaps between windows", {1, 11, 10, 3}, {.size = 2, .stride = 3}},
    {"not square", {1, 9, 12, 7}, {.size = {3, 5}, .stride = {2, 1}, .pad = {2, 1}, .ceil = true}},
    {"larger than 256 pixels", {1, 19, 18, 2}, {.size = 17, .stride = 1, .pad = 3}},
};

std::vector<float> pooled(const Tensor& x, const Pool2dOptions& options, AvgDivisor divisor) {
    Graph g;
    const Tensor y = value(avg_pool2d(g.leaf(x), options, divisor));
    return {y.values<float>().begin(), y.values<float>().end()};
}

}  // namespace

TEST_SUITE("avg_pool2d") {
    TEST_CASE("divides by the window with its padding, or by what lies inside, never by what hangs over") {
        const Tensor x({1, 1, 4, 1}, {6, 12, 18, 24});
        const Pool2dOptions options{.size = {1, 3}, .stride = {1, 3}, .pad = {0, 1}, .ceil = true};
        CHECK(pooled(x, options, AvgDivisor::padded) == std::vector<float>{6, 14});
        CHECK(pooled(x, options, AvgDivisor::inside) == std::vector<float>{9, 21});
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const PoolCase& c : cases)
            for (const AvgDivisor divisor : {AvgDivisor::padded, AvgDivisor::inside})
                test::check_op({.name = c.name,
                                .shapes = {c.x},
                                .f = [&](const std::vector<Var>& in) { return avg_pool2d(in[0], c.options, divisor); },
                                .sum_length = static_cast<double>(c.options.size.h * c.options.size.w)});
    }
    TEST_CASE("agrees with Caffe's rule") {
        test::check_golden("average_pool_caffe",
                           [](Var x) { return avg_pool2d(x, {.size = 3, .stride = 2, .pad = 1, .ceil = true}); });
    }
    TEST_CASE("agrees with Caffe") {
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        test::check_caffe_layer("pooling_ave", [](Var x) {
            return avg_pool2d(x, {.size = {3, 5}, .stride = {2, 1}, .pad = {2, 1}, .ceil = true});
        });
    }
    TEST_CASE("refuses what cannot be pooled") {
        Graph g;
        test::check_refuses(
            [&] {
                avg_pool2d(g.leaf(test::noise_tensor({4, 4})), {});
            },
            "avg_pool2d: was given (4, 4)");
        test::check_refuses([&] { avg_pool2d(g.leaf(test::noise_tensor({1, 2, 2, 1})), {.size = 3}); }, "does not fit");
    }
}
