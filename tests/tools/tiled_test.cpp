// A picture looked at part by part comes to the same as the whole.
#include <doctest/doctest.h>

#include <cmath>

#include "nets/form.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"
#include "tests/check.h"
#include "tests/error.h"
#include "tests/tools/some_picture.h"
#include "tests/tools/tiny_nets.h"
#include "tools/image/tensor.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/noise.h"
#include "tools/search/picture_objectives.h"
#include "tools/search/tiled_objective.h"
#include "tools/techniques/dream.h"
#include "tools/techniques/memory_left.h"
#include "tools/techniques/style.h"

using namespace gradus;

namespace {

Image some(int width, int height, unsigned seed) { return test::some_picture(width, height, seed); }

struct Measured {
    std::vector<double> values;
    Tensor slope;
};

/// In f64, with the reference kernels.
Measured whole(const Net& net, const Objective& o, const Tensor& picture) {
    Graph g;
    const Var x = g.leaf(picture);
    const Layers layers = net.record(x, {.activations = DType::f64, .wanted = o.layers()});
    const RecordedObjective r =
        record(o, Scene({.picture = x, .input = x, .step = g.leaf(whole_number(0)), .layers = layers}));
    std::vector<Var> outputs = r.values;
    outputs.push_back(grad(scale(r.total, -1), {x})[0]);
    Plan plan(g, outputs);
    plan.run();
    Measured m;
    for (const Var value : r.values) m.values.push_back(plan.number(value));
    m.slope = plan.read(outputs.back());
    return m;
}

Measured in_parts(const Net& net, const Objective& o, const Tensor& picture, int rows, int columns) {
    const int height = static_cast<int>(picture.shape()[1]), width = static_cast<int>(picture.shape()[2]);
    TiledObjective tiled(net, o, picture, whole_number(0), 1,
                         tiling(net.table(), o.layers(), height, width, rows, columns), DType::f64, {});
    tiled.run();
    tiled.run();  // which starts anew
    Measured m{.values = {}, .slope = tiled.slope()};
    for (std::size_t i = 0; i < o.terms.size(); ++i) {
        Graph g;
        m.values.push_back(value(*tiled.value(g, i)).to(DType::f64).values<double>()[0]);
    }
    return m;
}

void check_same(const Measured& found, const Measured& expected) {
    for (std::size_t i = 0; i < expected.values.size(); ++i)
        CHECK(found.values[i] == doctest::Approx(expected.values[i]).epsilon(1e-11));
    CHECK(test::relative_error(found.slope, expected.slope) < 1e-11);
}

/// Terms of every kind that can be looked at in parts.
Objective every_term(const Net& net, const std::vector<std::string>& layers, int height, int width) {
    const StyleOptions o{.content_layers = {{layers.back(), 0.5}},
                         .style_layers = {{layers[0]}, {layers.back(), 2}},
                         .mean_weight = 3,
                         .tv_weight = 0};
    const Image content = some(width, height, 5), art = some(width, height, 6);
    Objective all = style_objective(style_targets(net, content, width, {{.picture = art}}, o, {}), o) +
                    energy(layers[0]) + 0.5 * mean_of(layers.back()) - channel(layers.back(), 3);
    StyleOptions moments = o;
    moments.style = StyleDistance::moments;
    moments.content_weight = 0;
    const std::vector<StyleSource> half{
        {.picture = art, .part = test::right_half(width, height), .where = test::right_half(width, height)}};
    return all + style_objective(style_targets(net, {}, width, half, moments, {}), moments) +
           style_objective(style_targets(net, {}, width, half, o, {}), o) +
           masked(energy(layers.back()), test::right_half(width, height));
}

}  // namespace

TEST_SUITE("parts of a picture") {
    TEST_CASE("windows hold what the values see, begin where pools do, and every value belongs to one part") {
        const std::vector<std::pair<std::string, std::vector<std::string>>> nets = {
            {"vgg19", {"relu1_1", "relu4_2", "relu5_1"}}, {"googlenet", {"conv2/norm2", "inception_4c/output"}}};
        for (const auto& entry : nets) {
            const std::string name = entry.first;
            const std::vector<std::string> layers = entry.second;
            for (const int height : {301, 512})
                for (const int rows : {1, 2, 5, 40}) {
                    CAPTURE(name);
                    CAPTURE(height);
                    CAPTURE(rows);
                    const Tiling t = tiling(net_table(name), layers, height, 256, rows, 1);
                    CHECK(static_cast<int>(t.rows.size()) <= rows);
                    for (const std::string& layer : layers) {
                        const LayerFacts facts = facts_of(t, layer);
                        const auto extent = static_cast<int>(facts.shape[1]);
                        int next = 0;
                        for (const Band& band : t.rows) {
                            CHECK(band.window.from % 16 == 0);
                            const Stretch own = own_values(band, facts, height, extent);
                            CHECK(own.from == next);
                            next = own.to;
                            const int first = facts.start + own.from * facts.stride,
                                      last = facts.start + (own.to - 1) * facts.stride + facts.receptive_field;
                            CHECK(band.window.from <= std::max(0, first));
                            CHECK(band.window.to >= std::min(height, last));
                        }
                        CHECK(next == extent);
                    }
                }
        }
    }

    TEST_CASE("values and gradients of every term are those of the whole picture") {
        const Net tiny = test::tiny_net();
        for (const auto& size : {std::pair{24, 17}, {31, 22}}) {
            const int width = size.first, height = size.second;
            const Objective o = every_term(tiny, {"relu1", "relu2"}, height, width);
            const Tensor picture = tensor_of(some(width, height, 1)).to(DType::f64);
            const Measured expected = whole(tiny, o, picture);
            for (const auto& parts : {std::pair{1, 1}, {2, 1}, {1, 3}, {3, 2}, {9, 9}}) {
                const int rows = parts.first, columns = parts.second;
                CAPTURE(width);
                CAPTURE(rows);
                check_same(in_parts(tiny, o, picture, rows, columns), expected);
            }
        }
    }

    TEST_CASE("so they are of the first layers of real nets, whose pools reach over the edge") {
        const Net googlenet(net_table("googlenet"), seeded_weights()), vgg(net_table("vgg19"), seeded_weights()),
            averaging = with_table(vgg, with_average_pools(vgg.table()));
        const std::vector<std::pair<const Net*, std::vector<std::string>>> nets = {
            {&googlenet, {"pool1/norm1", "pool2/3x3_s2"}},
            {&vgg, {"relu1_1", "relu2_2"}},
            {&averaging, {"pool1", "pool2"}}};
        for (const auto& entry : nets) {
            const Net* net = entry.first;
            const std::vector<std::string> layers = entry.second;
            CAPTURE(net->name());
            const int height = 61, width = 83;
            const Objective o = every_term(*net, layers, height, width);
            const Tensor picture = tensor_of(some(width, height, 1)).to(DType::f64);
            check_same(in_parts(*net, o, picture, 2, 3), whole(*net, o, picture));
        }
    }

    TEST_CASE("a style transfer in parts takes the steps that it takes in one") {
        StyleOptions o{.content_layers = {{"relu2"}},
                       .style_layers = {{"relu1"}, {"relu2", 0.5}},
                       .style_weight = 1000,
                       .sizes = {24},
                       .steps = {6}};
        const std::vector<StyleSource> art{{.picture = some(20, 20, 2)}};
        for (const Optimizer& optimizer : {lbfgs(0.01, 5), adam(0.004)}) {
            CAPTURE(optimizer.name);
            o.search.optimizer = optimizer;
            o.search.parts = {0, 0};
            const StyleResult one = style_transfer(test::tiny_net(), some(24, 16, 1), art, o, {});
            o.search.parts = {2, 2};
            const StyleResult several = style_transfer(test::tiny_net(), some(24, 16, 1), art, o, {});
            for (std::size_t i = 0; i < one.curves[0].size(); ++i)
                for (std::size_t k = 0; k < one.curves[0][i].values.size(); ++k)
                    CHECK(several.curves[0][i].values[k] == doctest::Approx(one.curves[0][i].values[k]).epsilon(1e-4));
            CHECK(test::relative_error(tensor_of(several.picture), tensor_of(one.picture)) < 1e-4);
        }
    }

    TEST_CASE("a dream under little memory is the dream that it is with all of it, masks and jitter included") {
        DreamOptions o{.layers = {{"relu2"}}, .octaves = 2, .steps = 4, .jitter = 5, .mask = test::right_half(64, 48)};
        const Image photo = some(256, 192, 3);
        const Image one = dream(test::tiny_net(), photo, o, {}).picture;
        std::array<int, 2> parts = {1, 1};
        o.memory = memory_of_program + 8'500'000;
        const Image several = dream(test::tiny_net(), photo, o, {}, false, [&](const DreamStep& step) {
                                  parts = step.parts;
                                  return true;
                              }).picture;
        CHECK(parts[0] * parts[1] > 1);
        CHECK(test::relative_error(tensor_of(several), tensor_of(one)) < 1e-5);
    }

    TEST_CASE("little memory leaves L-BFGS a shorter history, and what needs none of it is not cut") {
        StyleOptions o{.content_layers = {{"relu2"}}, .style_layers = {{"relu1"}}, .sizes = {256}, .steps = {4}};
        o.search.optimizer = lbfgs(1, 20, 0.05);
        o.memory = memory_of_program + 14'000'000;
        int history = 0;
        const StyleResult result = style_transfer(test::tiny_net(), some(256, 192, 1), {{.picture = some(20, 20, 2)}},
                                                  o, {}, [&](const StyleStep& step) {
                                                      history = step.history;
                                                      return true;
                                                  });
        CHECK(history >= 3);
        CHECK(history < 20);
        const std::vector<double>& loss = result.curves[0][0].values;
        CHECK(loss.back() < loss.front());

        DreamOptions tile{.layers = {{"relu2"}}, .octaves = 1, .steps = 2, .tileable = true, .memory = 1'000'000'000};
        CHECK(dream(test::tiny_net(), some(320, 320, 3), tile, {}).end == SearchEnd::steps);
        tile.memory = memory_of_program + 12'000'000;
        CHECK_ERROR(dream(test::tiny_net(), some(320, 320, 3), tile, {}), "sees around the edges");
    }

    TEST_CASE("memory that is too small says what there is and what it takes") {
        StyleOptions o{.content_layers = {{"relu2"}}, .style_layers = {{"relu1"}}, .sizes = {256}, .steps = {2}};
        const std::vector<StyleSource> art{{.picture = some(20, 20, 2)}};
        const auto run = [&](std::size_t megabytes) {
            o.memory = megabytes * 1'000'000;
            style_transfer(test::tiny_net(), some(256, 192, 1), art, o, {});
        };
        CHECK_ERROR(run(50), "50 MB were given");
        CHECK_ERROR(run(72), "with Adam it needs none");
        o.search.optimizer = wolfe(5);
        CHECK_ERROR(run(100), "looks at the whole picture");
    }

    TEST_CASE("what cannot be looked at in parts says so") {
        const Net net = test::tiny_net();
        const auto tiled = [&](const Objective& o) { in_parts(net, o, tensor_of(some(16, 16, 1)), 2, 2); };
        CHECK_ERROR(tiled(class_score(1)), "cannot be looked at in parts");
        CHECK_ERROR(tiled(total_variation()), "reads no layer");
        CHECK_ERROR(tiled(energy("mean")), "sees the whole picture at once");
        const Net around = with_table(net, without_edges(net.table()));
        CHECK_ERROR(in_parts(around, energy("relu2"), tensor_of(some(16, 16, 1)), 2, 2), "sees around the edges");
    }
}
