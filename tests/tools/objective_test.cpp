#include "tools/search/objective.h"

#include <doctest/doctest.h>

#include <cmath>

#include "nets/seeded_weights.h"
#include "tests/check.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/noise.h"
#include "tools/search/picture_objectives.h"

using namespace gradus;

namespace {

const Net& small_net() {
    static const Net net(net_table("lenet"), seeded_weights());
    return net;
}

Image half_white(int side) {
    Image mask{.width = side, .height = side, .rgb = std::vector<float>(static_cast<std::size_t>(side * side * 3), 0)};
    std::fill(mask.rgb.begin(), mask.rgb.begin() + side * side * 3 / 2, 1.0f);
    return mask;
}

/// An objective over pictures of 28 x 28 in f64.
struct Recorded {
    Graph graph;
    Tensor pictures;
    Var x, total;

    explicit Recorded(const Objective& objective, int items = 1) {
        const Tensor noise = test::noise_tensor({items, 28, 28, 3}, 3);
        std::vector<float> values;
        for (const float v : noise.values<float>()) values.push_back(0.5f + 0.4f * v);
        pictures = Tensor(noise.shape(), values).to(DType::f64);
        x = graph.leaf(pictures);
        const Layers layers = small_net().record(x, {.activations = DType::f64});
        std::optional<Var> sum;
        for (int n = 0; n < items; ++n) {
            const Var mine = items == 1 ? x : layers("input");
            Scene scene({.picture = mine,
                         .input = mine,
                         .step = graph.leaf(whole_number(0)),
                         .steps = 1,
                         .layers = layers,
                         .item = n,
                         .items = items});
            Var value = record(objective, scene).total;
            sum = sum ? add(*sum, value) : value;
        }
        total = *sum;
    }
};

/// The gradient along random directions, against central differences.
void check_gradient(const Objective& objective, int items = 1) {
    Recorded r(objective, items);
    Var gradient = grad(r.total, {r.x})[0];
    Plan plan(r.graph, {r.total, gradient});
    plan.run();
    const Tensor g = plan.read(gradient);
    const std::vector<double> at(r.pictures.values<double>().begin(), r.pictures.values<double>().end());
    const auto value_at = [&](const std::vector<double>& where) {
        std::copy(where.begin(), where.end(), r.pictures.values_to_write<double>().begin());
        plan.run();
        return plan.number(r.total);
    };
    for (unsigned seed = 11; seed < 15; ++seed) {
        const std::vector<float> direction = test::noise(static_cast<std::int64_t>(at.size()), seed);
        double slope = 0;
        std::vector<double> up = at, down = at;
        constexpr double h = 1e-6;
        for (std::size_t i = 0; i < at.size(); ++i) {
            slope += g.values<double>()[i] * static_cast<double>(direction[i]);
            up[i] += h * static_cast<double>(direction[i]);
            down[i] -= h * static_cast<double>(direction[i]);
        }
        const double measured = (value_at(up) - value_at(down)) / (2 * h);
        CHECK(slope == doctest::Approx(measured).epsilon(1e-4).scale(1e-3 * std::abs(measured) + 1e-9));
    }
}

double value_of(const Objective& objective) {
    Recorded r(objective);
    return value(r.total).values<double>()[0];
}

Tensor code(const std::string& layer, unsigned seed) {
    Graph g;
    const Var x = g.leaf(test::noise_tensor({1, 28, 28, 3}, seed));
    return value(small_net().record(x)(layer));
}

}  // namespace

TEST_SUITE("objectives") {
    TEST_CASE("the gradient of every objective agrees with central differences") {
        const Tensor along = test::noise_tensor({50}, 5);
        const std::vector<std::pair<const char*, Objective>> all{
            {"energy", energy("conv2")},
            {"mean", mean_of("conv2")},
            {"channel", channel("conv2", 3)},
            {"neuron", neuron("conv2", 3)},
            {"neuron at", neuron("conv2", 3, 1, 2)},
            {"direction", direction("conv2", along)},
            {"direction of some channels", direction("conv2", parse_direction("3:1,7:-2"), 1)},
            {"direction by cosine", direction("conv2", along, 2)},
            {"nearness", nearness("conv2", code("conv2", 9))},
            {"guided", guided("conv2", code("conv2", 9))},
            {"class", class_score(4)},
            {"probability", class_probability(4)},
            {"log probability", log_probability(4)},
            {"margin", margin(4)},
            {"tv", total_variation()},
            {"tv squared", total_variation({.kind = TvKind::squared})},
            {"tv beta", total_variation({.kind = TvKind::beta, .beta = 1.5})},
            {"alpha", alpha_norm(6)},
            {"l1", l1()},
            {"l2", l2()},
            {"roughness", roughness()},
            {"masked", masked(energy("conv2"), half_white(28))},
            {"product", class_score(1) * energy("conv1") - 0.3 * (l2() * class_score(2))},
        };
        for (const auto& one : all) {
            CAPTURE(one.first);
            check_gradient(one.second);
        }
        CAPTURE("diversity");
        check_gradient(diversity("conv2"), 3);
    }
    TEST_CASE("weights multiply, sums add, a minus takes away") {
        const double a = value_of(energy("conv1")), b = value_of(class_score(2)), c = value_of(total_variation());
        CHECK(value_of(2 * energy("conv1") + class_score(2) - 0.5 * total_variation()) ==
              doctest::Approx(2 * a + b - 0.5 * c));
        CHECK(value_of(energy("conv1") * class_score(2)) == doctest::Approx(a * b));
        CHECK(value_of(-(energy("conv1") - class_score(2))) == doctest::Approx(b - a));
    }
    TEST_CASE("a margin is the score less the best other one") {
        Recorded r(class_score(0));
        Graph g;
        const Var scores = small_net().record(g.leaf(r.pictures), {.activations = DType::f64}).scores();
        const Tensor all = value(scores);
        double best = -1e300;
        for (std::size_t i = 0; i < 10; ++i)
            if (i != 4) best = std::max(best, all.values<double>()[i]);
        CHECK(value_of(margin(4)) == doctest::Approx(all.values<double>()[4] - best));
    }
    TEST_CASE("what a mask hides does not count") {
        Recorded r(masked(energy("picture"), half_white(28)));
        Var gradient = grad(r.total, {r.x})[0];
        const Tensor g = value(gradient);
        const auto values = g.values<double>();
        const std::size_t half = values.size() / 2;
        CHECK(std::any_of(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half),
                          [](double v) { return v != 0; }));
        CHECK(std::all_of(values.begin() + static_cast<std::ptrdiff_t>(half), values.end(),
                          [](double v) { return v == 0; }));
    }
    TEST_CASE("of what is compared, a mask hides the difference") {
        const Image black{.width = 1, .height = 1, .rgb = {0, 0, 0}}, white{.width = 1, .height = 1, .rgb = {1, 1, 1}};
        const std::vector<std::pair<const char*, Objective>> all{
            {"near", nearness("conv2", code("conv2", 9))},
            {"tv", total_variation()},
            {"tv squared", total_variation({.kind = TvKind::squared})},
            {"tv beta", total_variation({.kind = TvKind::beta, .beta = 1.5})},
            {"alpha", alpha_norm(6)},
            {"l1", l1()},
            {"l2", l2()},
            {"roughness", roughness()},
        };
        for (const auto& one : all) {
            CAPTURE(one.first);
            CHECK(value_of(masked(one.second, black)) == doctest::Approx(0).epsilon(1e-5));
            CHECK(value_of(masked(one.second, white)) == doctest::Approx(value_of(one.second)).epsilon(1e-5));
            check_gradient(masked(one.second, half_white(28)));
        }
    }
    TEST_CASE("a mask of what has no places is refused") {
        for (const Objective& o : {class_score(4), margin(4), diversity("conv2"), class_score(1) * energy("conv1")})
            test::check_refuses([&] { masked(o, half_white(28)); }, "has no places that a mask could tell apart");
        test::check_refuses([] { value_of(masked(mean_of("ip2"), half_white(28))); }, "ip2 has no places");
    }
    TEST_CASE("what is not there is refused, with what there is") {
        test::check_refuses([] { value_of(neuron("ip2", 0, 2, 3)); }, "has no places, only channels");
        test::check_refuses([] { value_of(nearness("conv2", test::noise_tensor({4}, 1), test::noise_tensor({2}, 1))); },
                            "was given a target of (4)");
        test::check_refuses([] { value_of(channel("conv2", 50)); }, "expected 0 to 49");
        test::check_refuses([] { value_of(neuron("conv2", 0, 8, 0)); }, "expected rows 0 to 7");
        test::check_refuses([] { value_of(class_score(10)); }, "expected 0 to 9");
        test::check_refuses([] { value_of(energy("conv3")); }, "conv2");
        test::check_refuses([] { value_of(direction("conv2", Tensor(Shape{2}, {1.0f, 2.0f}))); }, "expected (50)");
    }
}
