#include "tools/search/mean_color.h"

#include <doctest/doctest.h>

#include "nets/seeded_weights.h"
#include "tests/tools/tiny_nets.h"

using namespace gradus;

TEST_SUITE("mean_color") {
    TEST_CASE("is red, green and blue, in whatever order the net has them") {
        const std::array<float, 3> color = mean_color(Net(net_table("vgg16"), seeded_weights()));
        CHECK(color[0] == doctest::Approx(123.68 / 255).epsilon(1e-6));
        CHECK(color[1] == doctest::Approx(116.779 / 255).epsilon(1e-6));
        CHECK(color[2] == doctest::Approx(103.939 / 255).epsilon(1e-6));
    }
    TEST_CASE("is one gray for a net that sees gray, and the mean of a whole picture") {
        NetTable table = test::toy_net(Rows(), "data", {}).table();
        table.input.from = {0};
        table.input.mean = {51};
        const Weights half("half", [](const std::string&, const Shape& shape) {
            std::vector<float> values(static_cast<std::size_t>(shape.size()), 0.0f);
            std::fill_n(values.begin(), values.size() / 2, 255.0f);
            return Tensor(shape, values);
        });
        for (const float v : mean_color(Net(table, half))) CHECK(v == doctest::Approx(0.2));
        table.input.mean_picture = "mean";
        for (const float v : mean_color(Net(table, half))) CHECK(v == doctest::Approx(0.5));
    }
    TEST_CASE("is the middle where a net subtracts nothing") {
        NetTable table = test::toy_net(Rows(), "data", {}).table();
        table.input.mean = {};
        CHECK(mean_color(Net(table, seeded_weights())) == std::array<float, 3>{0.5f, 0.5f, 0.5f});
    }
}
