#include "ops/avg_pool2d.h"

#include <limits>

#include "ops/slice_channels.h"
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
    {"googlenet pool1, averaged", {1, 28, 28, 64}, {.size = 3, .stride = 2, .ceil = true}},
    {"padded, whole pieces of 8 channels", {2, 7, 9, 8}, {.size = 3, .stride = 2, .pad = 1, .ceil = true}},
    {"padded, of 2x2", {2, 7, 6, 8}, {.size = 2, .stride = 2, .pad = 1}},
    {"2x2, rows and columns left over", {1, 7, 9, 24}, {.size = 2, .stride = 2}},
    {"3x3, 1 apart, whole pieces", {2, 6, 5, 8}, {.size = 3, .stride = 1, .pad = 1}},
    {"all but the last row in the padding", {1, 1, 2, 4}, {.size = 3, .stride = 1, .pad = {2, 1}}},
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
    TEST_CASE("takes slices of wider tensors") {
        for (const int first : {3, 8})
            for (const int size : {2, 3})
                test::check_op({.name = "avg_pool2d of a slice",
                                .shapes = {{2, 7, 6, 24}},
                                .f =
                                    [&](const std::vector<Var>& in) {
                                        return avg_pool2d(slice_channels(in[0], first, 16), {.size = size});
                                    },
                                .sum_length = 9});
    }
    TEST_CASE("what a window does not hold is not even looked at") {
        const float inf = std::numeric_limits<float>::infinity();
        std::vector<float> values(5 * 5 * 8, 1.0f);
        for (std::size_t i = 0; i < values.size(); ++i)
            if (i / 8 / 5 == 4 || i / 8 % 5 == 4) values[i] = inf;  // the last row and column, which 2x2 leave out
        for (Device* device : test::devices()) {
            Graph g;
            const Tensor y = value(avg_pool2d(g.leaf(Tensor({1, 5, 5, 8}, values)), {.size = 2}), {.device = device});
            for (const float v : y.values<float>()) CHECK(v == 1);
        }
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
