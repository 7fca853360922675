#include "ops/drop_lowest.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/reduce.h"
#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

namespace {

/// numpy's percentile(values, percent), method "linear".
double percentile(std::vector<double> values, double percent) {
    std::sort(values.begin(), values.end());
    const double at = percent / 100 * static_cast<double>(values.size() - 1), below = std::floor(at);
    const std::size_t i = static_cast<std::size_t>(below), next = std::min(i + 1, values.size() - 1);
    return values[i] + (values[next] - values[i]) * (at - below);
}

void on_every_device(const std::function<void(const PlanOptions&)>& f) {
    for (Device* device : test::devices())
        for (const char* kernels : {"", "reference"})
            if (*kernels == 0 || device->kind() == DeviceKind::cpu)
                f({.device = device, .threads = 2, .kernels = KernelFilter(kernels)});
}

}  // namespace

TEST_SUITE("drop_lowest") {
    TEST_CASE("drops what is below numpy's percentile, picture by picture") {
        const std::vector<float> x = test::noise(2 * 7 * 9 * 3), key = test::noise(2 * 7 * 9 * 3, 2);
        for (const double percent : {0.0, 1.0, 20.0, 33.3, 50.0, 87.5, 99.0, 100.0})
            on_every_device([&](const PlanOptions& plans) {
                Graph g;
                const Tensor y = value(
                    drop_lowest(g.leaf(Tensor({2, 7, 9, 3}, x)), g.leaf(Tensor({2, 7, 9, 3}, key)), percent), plans);
                for (std::size_t n = 0; n < 2; ++n) {
                    std::vector<double> sizes;
                    for (std::size_t i = n * 63; i < (n + 1) * 63; ++i) {
                        float sum = 0;
                        for (std::size_t c = 0; c < 3; ++c) sum += std::abs(key[i * 3 + c]);
                        sizes.push_back(static_cast<double>(sum));
                    }
                    const double lowest = percentile(sizes, percent);
                    for (std::size_t i = 0; i < 63; ++i)
                        for (std::size_t c = 0; c < 3; ++c) {
                            const std::size_t at = (n * 63 + i) * 3 + c;
                            CHECK(y.values<float>()[at] == (sizes[i] < lowest ? 0.0f : x[at]));
                        }
                }
            });
    }
    TEST_CASE("pixels of one key stay together, zeros and what is not finite have their places") {
        const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
        const std::vector<float> key{0, -0.0f, 2, -2, 2, nan, inf, 1e-40f}, x{1, 2, 3, 4, 5, 6, 7, 8};
        const auto kept = [&](double percent, const PlanOptions& plans) {
            Graph g;
            const Tensor y =
                value(drop_lowest(g.leaf(Tensor({1, 2, 4, 1}, x)), g.leaf(Tensor({1, 2, 4, 1}, key)), percent), plans);
            return std::vector<float>(y.values<float>().begin(), y.values<float>().end());
        };
        on_every_device([&](const PlanOptions& plans) {
            CHECK(kept(10, plans) == x);  // between two zeros
            CHECK(kept(20, plans) == std::vector<float>{0, 0, 3, 4, 5, 6, 7, 8});
            CHECK(kept(30, plans) == std::vector<float>{0, 0, 3, 4, 5, 6, 7, 0});
            CHECK(kept(57, plans) == std::vector<float>{0, 0, 3, 4, 5, 6, 7, 0});
            CHECK(kept(100, plans) == std::vector<float>{0, 0, 0, 0, 0, 6, 7, 0});
        });
    }
    TEST_CASE("every kernel agrees with the reference") {
        for (const Shape& shape : {Shape{1, 1, 1, 1}, Shape{2, 3, 5, 7}, Shape{3, 40, 41, 3}, Shape{1, 150, 129, 8}})
            for (const double percent : {0.0, 37.0, 50.0})
                test::check_op({.name = "drop_lowest " + to_string(shape),
                                .shapes = {shape},
                                .f = [=](const std::vector<Var>& in) { return drop_lowest(in[0], in[0], percent); },
                                .differentiable = {}});
        test::check_op({.name = "drop_lowest of a slice by one channel",
                        .shapes = {{2, 17, 13, 8}},
                        .f =
                            [](const std::vector<Var>& in) {
                                return drop_lowest(slice_channels(in[0], 1, 5), slice_channels(in[0], 6, 1), 37);
                            },
                        .differentiable = {}});
    }
    TEST_CASE("refuses what does not fit, and has no gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({1, 2, 3, 4})), two = g.leaf(test::noise_tensor({1, 2, 3, 2}));
        test::check_refuses([&] { drop_lowest(x, two, 5); }, "with the key f32 (1, 2, 3, 2), expected one of the same");
        test::check_refuses([&] { drop_lowest(x, x, 101); }, "was given 101 percent, expected 0 to 100");
        test::check_refuses([&] { drop_lowest(x, x, std::nan("")); }, "expected 0 to 100");
        test::check_refuses([&] { grad(sum(drop_lowest(x, x, 5)), {x}); }, "drop_lowest has no gradient");
    }
}
