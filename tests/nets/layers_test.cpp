#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/plan.h"
#include "nets/form.h"
#include "nets/net.h"
#include "nets/seeded_weights.h"
#include "ops/reduce.h"
#include "ops/roll.h"
#include "tests/check.h"
#include "tests/error.h"

using namespace gradus;

namespace {

Tensor picture(int height, int width, int channels = 3, int batch = 1) {
    Tensor t = test::noise_tensor({batch, height, width, channels});
    for (float& value : t.values_to_write<float>()) value = 0.5f + 0.5f * value;
    return t;
}

bool has_leaf(const Graph& graph, const std::string& name) {
    for (int id = 0; id < graph.size(); ++id)
        if (graph.value(id).name == name && graph.value(id).node < 0) return true;
    return false;
}

/// A net of a few layers, one of each kind.
NetTable small_net() {
    NetTable table = net_table("lenet");
    table.name = "small";
    table.input = {.size = 8, .from = {2, 1, 0}, .mean = {1, 2, 3}};
    table.rows = {{LayerKind::conv, "conv", {"data"}, 4, 3, 1, 1},
                  {LayerKind::relu, "relu", {"conv"}},
                  {LayerKind::max_pool, "pool", {"relu"}, 0, 2, 2},
                  {LayerKind::lrn, "norm", {"pool"}},
                  {LayerKind::concat, "both", {"norm", "pool"}},
                  {LayerKind::linear, "fc", {"both"}, 5, 4},
                  {LayerKind::softmax, "prob", {"fc"}}};
    table.scores = "fc";
    table.classes = 5;
    return table;
}

}  // namespace

TEST_SUITE("layers") {
    TEST_CASE("are recorded when they are asked for, with the weights they need and no others") {
        const Net net(net_table("googlenet"), seeded_weights());
        Graph g;
        const Layers layers = net.record(g.leaf(picture(64, 64)));
        const Var y = layers("inception_3a/output");
        CHECK(y.shape() == Shape{1, 8, 8, 256});
        CHECK(g.value(y.id).name == "inception_3a/output");
        CHECK(has_leaf(g, "inception_3a/5x5.weight"));
        CHECK_FALSE(has_leaf(g, "inception_3b/1x1.weight"));
        const std::size_t before = g.nodes().size();
        CHECK(layers("inception_3a/output").id == y.id);
        CHECK(layers("inception_3a/relu_1x1").shape() == Shape{1, 8, 8, 64});
        CHECK(g.nodes().size() == before);
    }
    TEST_CASE("what is wanted is recorded at once") {
        const Net net(net_table("vgg16"), seeded_weights());
        Graph g;
        net.record(g.leaf(picture(32, 32)), {.wanted = {"conv1_2"}});
        CHECK(has_leaf(g, "conv1_2.weight"));
        CHECK_FALSE(has_leaf(g, "conv2_1.weight"));
    }
    TEST_CASE("a convolution's name is before its ReLU, the ReLU's own name after") {
        const Net net(small_net(), seeded_weights());
        Graph g;
        const Layers layers = net.record(g.leaf(picture(8, 8)));
        Plan plan(g, {layers("conv"), layers("relu"), layers("prob")});
        plan.poison();
        plan.run();
        const Tensor before = plan.read(layers("conv")), after = plan.read(layers("relu")),
                     probabilities = plan.read(layers("prob"));
        bool negative = false;
        for (std::size_t i = 0; i < before.values<float>().size(); ++i) {
            negative = negative || before.values<float>()[i] < 0;
            CHECK(after.values<float>()[i] == std::max(before.values<float>()[i], 0.0f));
        }
        CHECK(negative);
        float sum = 0;
        for (const float p : probabilities.values<float>()) sum += p;
        CHECK(sum == doctest::Approx(1));
    }
    TEST_CASE("the picture is made BGR, 0..255 and free of its mean") {
        const Net net(net_table("vgg19"), seeded_weights());
        Graph g;
        const Layers layers = net.record(g.leaf(Tensor({1, 1, 2, 3}, {0, 0, 0, 1, 0.5f, 0.25f})));
        const float expected[] = {-103.939f, -116.779f, -123.68f, 63.75f - 103.939f, 127.5f - 116.779f, 255 - 123.68f};
        const Tensor data = value(layers("data"));
        for (std::size_t i = 0; i < 6; ++i) CHECK(data.values<float>()[i] == doctest::Approx(expected[i]));
        CHECK(layers("input").shape() == Shape{1, 1, 2, 3});
    }
    TEST_CASE("LeNet sees gray, minus a mean picture") {
        const auto make = [](const std::string& name, const Shape& shape) {
            Tensor t = seeded_weights().tensor(name, shape);
            if (name == "mean") t.values_to_write<float>()[1] = 32;
            return t;
        };
        const Net net(net_table("lenet"), Weights("test", make));
        Graph g;
        const Tensor ones({2, 28, 28, 3}, std::vector<float>(2 * 28 * 28 * 3, 1.0f));
        const Tensor data = value(net.record(g.leaf(ones))("data"));
        CHECK(data.shape() == Shape{2, 28, 28, 1});
        for (const std::size_t batch : {0u, 784u}) {
            CHECK(data.values<float>()[batch] == doctest::Approx(255.0 / 256));
            CHECK(data.values<float>()[batch + 1] == doctest::Approx((255.0 - 32) / 256));
        }
        CHECK(net.record(g.leaf(picture(28, 28, 1)))("prob").shape() == Shape{1, 10});
        CHECK_ERROR(net.record(g.leaf(picture(32, 28, 1))), "lenet: found a picture of 28 x 32, expected 28 x 28");
    }
    TEST_CASE("a fully connected layer numbers its inputs as the file does: channels outermost") {
        NetTable table = small_net();
        table.rows = {{LayerKind::linear, "fc", {"data"}, 1, 2}};
        const auto make = [](const std::string& name, const Shape& shape) {
            std::vector<float> values(static_cast<std::size_t>(shape.size()), 0.0f);
            if (name == "fc.weight") values[1 * 4 + 2] = 1;  // channel 1 (G), row 1, column 0
            return Tensor(shape, values);
        };
        const Net net(table, Weights("test", make));
        Graph g;
        Tensor x = picture(2, 2);
        const Layers layers = net.record(g.leaf(x));
        const Tensor y = value(layers("fc"));
        CHECK(y.values<float>()[0] == doctest::Approx(255 * x.values<float>()[2 * 3 + 1] - 2));
    }
    TEST_CASE("pictures come in batches") {
        const Net net(net_table("squeezenet1_1"), seeded_weights());
        Graph one, three;
        const Tensor many = picture(67, 75, 3, 3);
        const Tensor last({1, 67, 75, 3}, many.values<float>().subspan(2 * 67 * 75 * 3));
        const Tensor a = value(net.record(one.leaf(last)).scores());
        const Tensor b = value(net.record(three.leaf(many)).scores());
        CHECK(b.shape() == Shape{3, 1000});
        CHECK(test::relative_error(Tensor({1, 1000}, b.values<float>().subspan(2000)), a) < 1e-5);
    }
    TEST_CASE("in bf16 the scores stay near those in f32") {
        const Net net(net_table("googlenet"), seeded_weights());
        Graph a, b;
        const Var exact = net.record(a.leaf(picture(96, 96))).scores();
        const Layers rough = net.record(b.leaf(picture(96, 96)), {.activations = DType::bf16});
        CHECK(rough("inception_4c/output").dtype() == DType::bf16);
        CHECK(rough.scores().dtype() == DType::f32);
        CHECK(test::relative_error(value(rough.scores()), value(exact)) < 3e-2);
    }
    TEST_CASE("the weights of two graphs are the same tensors") {
        const Net net(small_net(), seeded_weights());
        const auto filter_of = [&] {
            Graph g;
            net.record(g.leaf(picture(8, 8)))("prob");
            std::vector<std::uint64_t> ids;
            for (int id = 0; id < g.size(); ++id)
                if (g.value(id).name.ends_with(".weight")) ids.push_back(g.value(id).leaf.id());
            return ids;
        };
        CHECK(filter_of().size() == 2);
        CHECK(filter_of() == filter_of());
    }
    TEST_CASE("a guided ReLU is taken over") {
        const Net net(small_net(), seeded_weights());
        const auto gradient = [&](ReluRule rule) {
            Graph g;
            const Var x = g.leaf(picture(8, 8));
            const Var y = net.record(x, {.rule = rule})("fc");
            return value(grad(sum(y), {x})[0]);
        };
        CHECK(test::relative_error(gradient(ReluRule::guided), gradient(ReluRule::plain)) > 1e-2);
    }
    TEST_CASE("layers that are given stand for all that lies above them") {
        const Net net(small_net(), seeded_weights());
        Graph whole, lower;
        const Layers layers = net.record(whole.leaf(picture(8, 8)));
        const Tensor pooled = value(layers("relu")), scores = value(layers.scores());
        const Var given = lower.leaf(pooled);
        const Layers on_top = net.record(lower.leaf(picture(8, 8)), {.given = {{"relu", given}}});
        const Var y = on_top.scores();
        CHECK(on_top("relu").id == given.id);
        CHECK_FALSE(has_leaf(lower, "conv.weight"));
        CHECK(std::ranges::equal(value(y).values<float>(), scores.values<float>()));
        CHECK(value(grad(sum(y), {given})[0]).shape() == pooled.shape());
        CHECK_ERROR(net.record(lower.leaf(picture(8, 8)), {.given = {{"relus", given}}}), "no layer \"relus\" to give");
    }
    TEST_CASE("without edges, a net sees a picture that was rolled as it saw the picture, rolled") {
        for (const auto& of : {std::pair<std::string, std::string>{"googlenet", "inception_4a/output"},
                               {"vgg16", "relu3_1"},
                               {"squeezenet1_1", "fire4/concat"}}) {
            const std::string name = of.first, layer = of.second;
            CAPTURE(name);
            const Net net(without_edges(net_table(name)), seeded_weights());
            const int stride = whole_stride(net.table(), {layer});
            Graph g;
            const Var x = g.leaf(picture(4 * stride, 6 * stride));
            const auto rolled = [&](Var v, int by) {
                Tensor offset(Spec(Shape{2}, DType::i32));
                offset.values_to_write<std::int32_t>()[0] = by;
                offset.values_to_write<std::int32_t>()[1] = -2 * by;
                return roll(v, g.leaf(offset));
            };
            const Var y = net.record(x)(layer), moved = net.record(rolled(x, stride))(layer);
            CHECK(test::relative_error(value(moved), value(rolled(y, 1))) <= 1e-5);
            const Var edged = Net(net_table(name), seeded_weights()).record(x)(layer);
            CHECK((edged.shape() != y.shape() || test::relative_error(value(edged), value(y)) > 1e-3));
        }
    }
    TEST_CASE("average pools take the mean of what is there, and stay where max pools do not shrink") {
        const NetTable table = with_average_pools(net_table("googlenet"));
        CHECK(table.find("pool1/3x3_s2")->kind == LayerKind::avg_pool);
        CHECK(table.find("inception_3a/pool")->kind == LayerKind::max_pool);
        NetTable small = small_net();
        small.input.size = 7;
        const Net net(with_average_pools(small), seeded_weights());
        Graph g;
        const Layers layers = net.record(g.leaf(picture(7, 7)));
        const Tensor all = value(layers("relu")), pooled = value(layers("pool"));
        REQUIRE(pooled.shape() == Shape{1, 4, 4, 4});
        const auto at = [&](int h, int w) { return all.values<float>()[static_cast<std::size_t>((h * 7 + w) * 4)]; };
        CHECK(pooled.values<float>()[0] == doctest::Approx((at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4));
        CHECK(pooled.values<float>()[15 * 4] == doctest::Approx(at(6, 6)));  // alone in the last window
    }
    TEST_CASE("layers over their means keep their names, and what lies above reads what it did") {
        const Weights weights = seeded_weights();
        const Net plain(net_table("vgg19"), weights), net(with_unit_means(net_table("vgg19")), weights);
        Graph g;
        const Var x = g.leaf(picture(12, 10));
        const Layers layers = plain.record(x), over = net.record(x);
        for (const std::string name : {"relu1_1", "relu2_1"}) {
            const Tensor raw = value(layers(name)), divided = value(over(name));
            const LayerRow* row = net.table().find(name);
            REQUIRE(row->kind == LayerKind::scale);
            REQUIRE(static_cast<std::int64_t>(row->factors.size()) == raw.shape().channels());
            for (const float factor : row->factors) CHECK((factor > 0 && std::isfinite(factor)));
            for (std::size_t i = 0; i < row->factors.size(); ++i)
                CHECK(divided.values<float>()[i] == raw.values<float>()[i] * row->factors[i]);
        }
        CHECK(test::relative_error(value(over("relu2_2")), value(layers("relu2_2"))) == 0);
        CHECK_ERROR(with_unit_means(net_table("vgg16")), "vgg16: the means of its channels over photographs are not");
    }
    TEST_CASE("with edges that go on, the first convolution sees no frame around a flat picture") {
        const Net net(with_first_edges(net_table("vgg19"), PadMode::replicate), seeded_weights());
        Graph g;
        const Tensor y = value(net.record(g.leaf(Tensor({1, 6, 5, 3}, std::vector<float>(90, 0.25f))))("conv1_1"));
        for (std::size_t i = 64; i < y.values<float>().size(); ++i)
            CHECK(y.values<float>()[i] == doctest::Approx(y.values<float>()[i % 64]).epsilon(1e-4).scale(1));
        CHECK(net.table().find("conv1_2")->beyond == PadMode::zero);
    }
    TEST_CASE("what is not there is said in one sentence") {
        const Net vgg(net_table("vgg19"), seeded_weights());
        Graph g;
        const Layers layers = vgg.record(g.leaf(picture(64, 64)));
        CHECK_ERROR(layers("relu9"), R"(vgg19: no layer "relu9"; the nearest)");
        CHECK_ERROR(layers("fc6"),
                    R"(vgg19, layer "fc6": was given 2 x 2 pixels, expected the 7 x 7 that come of a picture of 224)");
        CHECK_ERROR(vgg.record(g.leaf(picture(8, 8, 1))),
                    "vgg19: found a picture of shape (1, 8, 8, 1), expected (N, H, W, 3)");
        const Net google(net_table("googlenet"), seeded_weights());
        CHECK_ERROR(google.record(g.leaf(picture(2, 2)))("prob"), R"(googlenet, layer "pool1/3x3_s2": )");
    }
}

TEST_SUITE("seeded weights") {
    TEST_CASE("are the same for the same seed, differ by name and seed, and have He's variance") {
        const Shape shape{64, 32, 3, 3};
        const Tensor a = seeded_weights(1).tensor("a.weight", shape),
                     again = seeded_weights(1).tensor("a.weight", shape);
        CHECK(std::ranges::equal(a.values<float>(), again.values<float>()));
        CHECK_FALSE(std::ranges::equal(a.values<float>(), seeded_weights(2).tensor("a.weight", shape).values<float>()));
        CHECK_FALSE(std::ranges::equal(a.values<float>(), seeded_weights(1).tensor("b.weight", shape).values<float>()));
        double squares = 0;
        for (const float v : a.values<float>()) squares += double{v} * v;
        CHECK(squares / static_cast<double>(shape.size()) == doctest::Approx(2.0 / (32 * 9)).epsilon(0.02));
    }
}
