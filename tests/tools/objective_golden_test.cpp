// Every objective against an independent implementation, tests/golden/make_objective_golden.py: its value, and its
// gradient with respect to the picture.
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "nets/rows.h"
#include "ops/arithmetic.h"
#include "tests/check.h"
#include "tests/npy.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/noise.h"
#include "tools/search/picture_objectives.h"
#include "tools/search/style_objectives.h"

using namespace gradus;

namespace {

constexpr int height = 10, width = 8;

/// The numbers that the script makes: exact in f32.
Tensor numbers(const Shape& shape, int k, float divided_by = 64) {
    std::vector<float> values(static_cast<std::size_t>(shape.size()));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] =
            (static_cast<float>((7 * i * i + 37 * i + 11 * static_cast<std::size_t>(k)) % 127) - 63) / divided_by;
    return Tensor(shape, values);
}

Tensor pictures(int count) {
    Tensor all(Spec(Shape{count, height, width, 3}, DType::f64));
    auto to = all.values_to_write<double>().begin();
    for (int n = 0; n < count; ++n)
        for (int h = 0; h < height; ++h)
            for (int w = 0; w < width; ++w)
                for (int c = 0; c < 3; ++c)
                    *to++ = 0.5 + 0.4 * std::sin(1.3 * h + 0.7 * w * (c + 1) + c + 2.1 * n + 0.4);
    return all;
}

Net small_net() {
    Rows rows;
    std::string x = rows.relu(rows.conv("data", "conv1", 4, {.size = 3, .pad = 1}), "relu1");
    x = rows.max_pool(x, "pool1", {.size = 2, .stride = 2});
    x = rows.relu(rows.conv(x, "conv2", 6, {.size = 3, .pad = 1}), "relu2");
    x = rows.linear(rows.global_average(x, "mean"), "scores", 20);
    rows.softmax(x, "prob");
    const auto weights = [](const std::string& name, const Shape& shape) {
        const std::vector<std::string> names{"conv1.weight", "conv1.bias",    "conv2.weight",
                                             "conv2.bias",   "scores.weight", "scores.bias"};
        const auto place = std::find(names.begin(), names.end(), name) - names.begin();
        return numbers(shape, static_cast<int>(place) + 1, name == "scores.weight" ? 64 : 256);
    };
    NetTable table;
    table.name = "small";
    table.input = {.size = 10, .from = {2, 1, 0}, .mean = {104, 117, 123}, .factor = 1 / 64.0f};
    table.rows = rows.take();
    table.scores = "scores";
    table.classes = 20;
    return Net(table, Weights("numbers", weights));
}

/// Another mask for each color, so that their mean is tested, too.
Image mask() {
    Image image{.width = width, .height = height, .rgb = {}};
    for (int h = 0; h < height; ++h)
        for (int w = 0; w < width; ++w)
            for (int c = 0; c < 3; ++c) image.rgb.push_back(static_cast<float>((3 * h + 5 * w + 2 * c) % 9) / 8);
    return image;
}

std::vector<std::pair<std::string, Objective>> objectives(int best) {
    const Shape conv2{1, 5, 4, 6};
    const Tensor along = numbers({6}, 41), target = numbers(conv2, 7), where = numbers(conv2, 8);
    const Style style{numbers({6, 6}, 51).to(DType::f64), numbers({6}, 52, 256).to(DType::f64)};
    return {
        {"energy", energy("conv2")},
        {"mean", mean_of("conv2")},
        {"channel", channel("conv2", 3)},
        {"neuron_middle", neuron("conv2", 3)},
        {"neuron_at", neuron("conv2", 5, 4, 1)},
        {"neuron_of_scores", neuron("scores", 7)},
        {"direction", direction("conv2", along)},
        {"direction_cosine", direction("conv2", along, 2)},
        {"nearness", nearness("conv2", target)},
        {"nearness_where", nearness("conv2", target, where)},
        {"guided", guided("conv2", numbers({1, 3, 2, 6}, 26))},
        {"class_score", class_score(4)},
        {"class_probability", class_probability(4)},
        {"log_probability", log_probability(4)},
        {"margin", margin(4)},
        {"margin_of_best", margin(best)},
        {"masked_energy", masked(energy("conv2"), mask())},
        {"energy_of_picture", energy("picture")},
        {"tv_l1", total_variation()},
        {"tv_squared", total_variation({.kind = TvKind::squared})},
        {"tv_beta_1_5", total_variation({.kind = TvKind::beta, .beta = 1.5})},
        {"tv_nine_point", total_variation({.kind = TvKind::nine_point})},
        {"tv_beta_2", total_variation({.kind = TvKind::beta, .beta = 2})},
        {"alpha_norm", alpha_norm()},
        {"alpha_norm_middle", alpha_norm(3, {0.25f, 0.5f, 0.75f})},
        {"l1", l1()},
        {"l2", l2()},
        {"l2_from_quarter", l2(0.25)},
        {"roughness", roughness()},
        {"masked_tv_nine_point", masked(total_variation({.kind = TvKind::nine_point}), mask())},
        {"masked_tv", masked(total_variation({.kind = TvKind::squared}), mask())},
        {"masked_tv_l1", masked(total_variation(), mask())},
        {"masked_l1", masked(l1(), mask())},
        {"masked_l2", masked(l2(), mask())},
        {"masked_alpha", masked(alpha_norm(), mask())},
        {"masked_roughness", masked(roughness(), mask())},
        {"masked_nearness", masked(nearness("conv2", target), mask())},
        {"style_gatys", style_distance("conv2", style, StyleDistance::gatys)},
        {"style_neural_style", style_distance("conv2", style, StyleDistance::neural_style)},
        {"style_channels", style_distance("conv2", style, StyleDistance::channels)},
        {"style_relative", style_distance("conv2", style, StyleDistance::relative)},
        {"style_moments", style_distance("conv2", style, StyleDistance::moments)},
        {"style_mean", mean_distance("conv2", style)},
        {"content_gatys", content_distance("conv2", target, ContentDistance::gatys)},
        {"content_neural_style", content_distance("conv2", target, ContentDistance::neural_style)},
        {"masked_style", masked(style_distance("conv2", style, StyleDistance::gatys), mask())},
        {"masked_moments", masked(style_distance("conv2", style, StyleDistance::moments), mask())},
        {"masked_content", masked(content_distance("conv2", target, ContentDistance::gatys), mask())},
        {"product", class_score(1) * energy("conv1") - 0.25 * (l2() * class_score(2))},
        {"diversity", diversity("conv2")},
    };
}

/// In f64 by the reference kernels. Constants that are f32 whatever the layer is, 1/2 over a count, leave 6e-8.
void check_objective(const std::string& name, const Objective& objective, double expected) {
    constexpr double allowed = 1e-7;
    const Tensor gradient = test::golden("objectives/" + name);
    const auto items = static_cast<int>(gradient.shape()[0]);
    Graph g;
    const Var x = g.leaf(pictures(items));
    const Layers layers = small_net().record(x, {.activations = DType::f64});
    std::optional<Var> total;
    for (int n = 0; n < items; ++n) {
        Var mine = items == 1 ? x : layers("input");
        const Scene scene({.picture = mine,
                           .input = mine,
                           .step = g.leaf(whole_number(0)),
                           .layers = layers,
                           .item = n,
                           .items = items});
        Var value = record(objective, scene).total;
        total = total ? add(*total, value) : value;
    }
    const Var slope = grad(*total, {x})[0];
    Plan plan(g, {*total, slope}, {.kernels = KernelFilter("reference")});
    plan.poison();
    plan.run();
    const double value_error = std::abs(plan.number(*total) / expected - 1);
    const double gradient_error = test::relative_error(plan.read(slope), gradient);
    CHECK_MESSAGE(value_error <= allowed, name << ": the value is off by " << value_error);
    CHECK_MESSAGE(gradient_error <= allowed, name << ": the gradient is off by " << gradient_error);
}

}  // namespace

TEST_SUITE("objective goldens") {
    TEST_CASE("values and gradients are those of PyTorch") {
        std::ifstream in(std::filesystem::path(GRADUS_SOURCE_DIR) / "tests/golden/objectives/values.json");
        const auto golden = nlohmann::json::parse(in);
        const auto& values = golden.at("values");
        const auto all = objectives(golden.at("margin_of_best"));
        CHECK(all.size() == values.size());
        for (const auto& [name, objective] : all) check_objective(name, objective, values.at(name));
    }
}
