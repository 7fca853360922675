#include "ops/max_pool2d.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "ops/relu.h"
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
    {"vgg", {1, 14, 14, 64}, {.size = 2, .stride = 2}},
    {"googlenet pool1", {1, 28, 28, 64}, {.size = 3, .stride = 2, .ceil = true}},
    {"googlenet inception", {1, 14, 14, 96}, {.size = 3, .stride = 1, .pad = 1, .ceil = true}},
    {"one pixel", {1, 1, 1, 3}, {.size = 1, .stride = 1}},
    {"odd sizes and channels", {2, 7, 9, 5}, {.size = 3, .stride = 2, .pad = 1, .ceil = true}},
    {"padded, whole pieces of 8 channels", {2, 7, 9, 8}, {.size = 3, .stride = 2, .pad = 1, .ceil = true}},
    {"padded, of 2x2", {1, 7, 6, 8}, {.size = 2, .stride = 2, .pad = 1}},
    {"one channel more than some vectors", {1, 6, 5, 65}, {.size = 2, .stride = 1}},
    {"gaps between windows", {1, 11, 10, 3}, {.size = 2, .stride = 3}},
    {"not square", {1, 9, 12, 7}, {.size = {3, 5}, .stride = {2, 1}, .pad = {2, 1}, .ceil = true}},
    {"256 pixels a window", {1, 17, 16, 2}, {.size = 16, .stride = 1, .pad = 3}},
    {"all but the last row in the padding", {1, 1, 2, 4}, {.size = 3, .stride = 1, .pad = {2, 1}}},
};

/// Small integers, all different in any window of up to 16 x 16: neither bf16 nor a central difference can confuse
/// them.
void make_distinct(std::vector<float>& values, const Shape& shape) {
    std::vector<float> numbers(256);
    std::iota(numbers.begin(), numbers.end(), -128.0f);
    std::shuffle(numbers.begin(), numbers.end(), std::mt19937(5));
    const auto C = static_cast<std::size_t>(shape[3]), W = static_cast<std::size_t>(shape[2]);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t c = i % C, w = i / C % W, row = i / C / W;
        values[i] = numbers[(row % 16 * 16 + w % 16 + 7 * c) % 256];
    }
}

std::vector<float> pooled(const Tensor& x, const Pool2dOptions& options) {
    Graph g;
    const Tensor y = value(max_pool2d(g.leaf(x), options));
    return {y.values<float>().begin(), y.values<float>().end()};
}

/// dx of sum(r * y).
std::vector<float> gradient(const Tensor& x, const Pool2dOptions& options, std::vector<float> r) {
    Graph g;
    const Var in = g.leaf(x);
    const Tensor dx = value(grad(test::weighted_sum(max_pool2d(in, options), std::move(r)), {in})[0]);
    return {dx.values<float>().begin(), dx.values<float>().end()};
}

}  // namespace

TEST_SUITE("max_pool2d") {
    TEST_CASE("takes the largest of each window, and with ceil one window more") {
        const Tensor x({1, 1, 5, 1}, {1, 4, 2, 3, -7});
        CHECK(pooled(x, {.size = {1, 2}, .stride = {1, 2}}) == std::vector<float>{4, 3});
        CHECK(pooled(x, {.size = {1, 2}, .stride = {1, 2}, .ceil = true}) == std::vector<float>{4, 3, -7});
        // Rounded up there would be a fourth window here; it would start in the padding behind the picture.
        CHECK(pooled(Tensor({1, 1, 4, 1}, {1, 2, 3, 4}),
                     {.size = {1, 2}, .stride = {1, 2}, .pad = {0, 1}, .ceil = true}) == std::vector<float>{1, 3, 4});
    }
    TEST_CASE("padding never wins, a NaN does, and of equals the first gets the gradient") {
        const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
        const Pool2dOptions two{.size = {1, 2}, .stride = {1, 1}},
            padded{.size = {1, 3}, .stride = {1, 1}, .pad = {0, 1}};
        CHECK(pooled(Tensor({1, 1, 2, 1}, {-3, -inf}), padded) == std::vector<float>{-3, -3});
        CHECK(pooled(Tensor({1, 1, 2, 1}, {-inf, -inf}), two) == std::vector<float>{-inf});
        for (const auto& values :
             {std::vector<float>{nan, 1}, std::vector<float>{1, nan}, std::vector<float>{nan, nan}})
            CHECK(std::isnan(pooled(Tensor({1, 1, 2, 1}, values), two)[0]));
        CHECK(gradient(Tensor({1, 1, 3, 1}, {5, 5, 5}), {.size = {1, 3}, .stride = 1}, {2}) ==
              std::vector<float>{2, 0, 0});
        CHECK(gradient(Tensor({1, 1, 3, 1}, {1, nan, nan}), {.size = {1, 3}, .stride = 1}, {2}) ==
              std::vector<float>{0, 2, 0});
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const PoolCase& c : cases)
            test::check_op({.name = c.name,
                            .shapes = {c.x},
                            .f = [&](const std::vector<Var>& in) { return max_pool2d(in[0], c.options); },
                            .sum_length = 9,
                            .adjust = [&](std::vector<float>& values, std::size_t) { make_distinct(values, c.x); }});
    }
    TEST_CASE("agrees with PyTorch") {
        for (const auto& [name, options] :
             {std::pair{"max_pool_ceil", Pool2dOptions{.size = 3, .stride = 2, .ceil = true}},
              {"max_pool_pad", {.size = 3, .stride = 1, .pad = 1, .ceil = true}},
              {"max_pool_ceil_pad", {.size = 3, .stride = 2, .pad = 1, .ceil = true}},
              {"max_pool_floor", {.size = 3, .stride = 2}}})
            test::check_golden(name, [&, o = options](Var x) { return max_pool2d(x, o); });
    }
    TEST_CASE("agrees with Caffe") {
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        test::check_caffe_layer("pooling_max", [](Var x) {
            return max_pool2d(x, {.size = {3, 5}, .stride = {2, 1}, .pad = {2, 1}, .ceil = true});
        });
    }
    TEST_CASE("of a ReLU is the ReLU of the pool: the same values and gradients") {
        for (const bool overlap : {false, true})
            for (const ReluRule rule : {ReluRule::plain, ReluRule::guided, ReluRule::deconvnet, ReluRule::redirected}) {
                const Pool2dOptions options{.size = 2, .stride = overlap ? 1 : 2};
                Graph g;
                const Var x = g.leaf(test::noise_tensor({1, 6, 6, 3}));
                const Var active = relu(x, rule);
                const Var y = max_pool2d(active, options);
                // A second reader hides the ReLU: multiplying by one records another op.
                const Var hidden = add(active, g.leaf(Tensor(active.shape(), std::vector<float>(108, 0.0f))));
                const Var plain = max_pool2d(hidden, options);
                const Var dx = grad(test::project(y), {x})[0], expected = grad(test::project(plain), {x})[0];
                Var before;
                const bool moves = rule == ReluRule::plain || (rule == ReluRule::guided && !overlap);
                CHECK(is_relu(y, rule, before) == moves);
                CHECK(test::relative_error(value(y), value(plain)) == 0);
                CHECK(test::relative_error(value(dx), value(expected)) == 0);
            }
    }
    TEST_CASE("does without the index where nobody reads it") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({1, 8, 8, 16}));
        const Var y = max_pool2d(x, {.size = 2, .stride = 2}), dx = grad(test::project(y), {x})[0];
        Plan alone(g, {y}), both(g, {y, dx});
        alone.run();
        both.run();
        CHECK(test::relative_error(alone.read(y), both.read(y)) == 0);
    }
    TEST_CASE("refuses what cannot be pooled") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({1, 20, 20, 1}));
        test::check_refuses([&] { max_pool2d(g.leaf(test::noise_tensor({4, 4})), {}); }, "expected (N,H,W,C)");
        test::check_refuses([&] { max_pool2d(x, {.size = 0}); }, "the window is 0x0");
        test::check_refuses([&] { max_pool2d(x, {.size = 2, .stride = 0}); }, "the stride 0x0");
        test::check_refuses([&] { max_pool2d(x, {.size = 2, .stride = 2, .pad = 2}); },
                            "the padding is 2x2, expected less");
        test::check_refuses([&] { max_pool2d(x, {.size = 21}); }, "does not fit into (1, 20, 20, 1)");
        test::check_refuses([&] { max_pool2d(x, {.size = 17}); }, "expected at most 256 pixels");
    }
}
