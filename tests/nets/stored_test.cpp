// Nets that files describe.
#include "nets/stored.h"

#include <doctest/doctest.h>

#include "nets/chain.h"
#include "nets/net.h"
#include "nets/seeded_weights.h"
#include "tests/check.h"
#include "tests/temp_folder.h"
#include "weights/safetensors.h"

using namespace gradus;

TEST_SUITE("stored nets") {
    TEST_CASE("a chain is named as VGG is, and sees any size") {
        const NetTable table = chain("48k5s2,64,P,128,256k1", 7, 64);
        CHECK(table.layer_names() == std::vector<std::string>{"conv1_1", "relu1_1", "conv1_2", "relu1_2", "pool1",
                                                              "conv2_1", "relu2_1", "conv2_2", "relu2_2", "average",
                                                              "fc", "prob"});
        CHECK(table.find("conv1_1")->channels == 48);
        CHECK(table.find("conv1_1")->size == 5);
        CHECK(table.find("conv1_1")->stride == 2);
        CHECK(table.find("conv1_1")->pad == 2);
        CHECK(table.find("conv2_2")->size == 1);
        CHECK(table.find("conv2_2")->pad == 0);
        const Net net(table, seeded_weights());
        for (const int side : {32, 65}) {
            Graph g;
            const Var picture = g.leaf(Tensor(Spec(Shape{2, side, side, 3})));
            CHECK(net.record(picture).scores().shape() == Shape{2, 7});
        }
    }

    TEST_CASE("architectures of another form are refused") {
        for (const auto& [text, found] : {std::pair{"", "found \"\" at item 1"},
                                          {"12,,3", "found \"\" at item 2"},
                                          {"12k4", "found \"12k4\" at item 1"},
                                          {"0", "found \"0\""},
                                          {"12s9", "found \"12s9\""},
                                          {"12x", "found \"12x\""},
                                          {"5000", "\"5000\""},
                                          {"P", "at least one convolution"},
                                          {"99999999999", "at item 1"}})
            test::check_refuses([&, t = text] { (void)chain(t, 2, 64); }, found);
        std::string many = "1";
        for (int i = 0; i < 64; ++i) many += ",1";
        test::check_refuses([&] { chain(many, 2, 64); }, "more than 64 items");
    }

    TEST_CASE("a file says which net it is") {
        const test::TempFolder folder;
        const std::vector<ClassLabel> labels{{"", "rose"}, {"n01443537", "goldfish, Carassius auratus"}};
        const NetTable table = chain("4,P,6", 2, 32);
        const Net net(table, seeded_weights());
        const std::vector<float> w1(4 * 3 * 9, 0.5f), b1(4), w2(6 * 4 * 9, 0.25f), b2(6), fc(12, 1.f), b(2);
        const std::vector<NamedValues> tensors{{"conv1_1.weight", {4, 3, 3, 3}, w1},
                                               {"conv1_1.bias", {4}, b1},
                                               {"conv2_1.weight", {6, 4, 3, 3}, w2},
                                               {"conv2_1.bias", {6}, b2},
                                               {"fc.weight", {2, 6}, fc},
                                               {"fc.bias", {2}, b}};
        const std::string file = (folder / "flowers.safetensors").string();
        write_safetensors(file, tensors, stored_form(table, "4,P,6", labels));
        const Net read = load_net(file);
        CHECK(read.table().layer_names() == table.layer_names());
        CHECK(read.table().input.size == 32);
        CHECK(read.has_classifier());
        CHECK(load_labels(read.table()).find("goldfish") == 1);
        CHECK(load_labels(read.table()).find("rose") == 0);
        CHECK(load_table(file).classes == 2);
        write_safetensors(file, tensors, std::map<std::string, std::string>{});
        test::check_refuses([&] { load_net(file); }, "does not say which net");
    }

    TEST_CASE("what does not fit together is refused") {
        std::map<std::string, std::string> good = stored_form(chain("4", 2, 32), "4", {{"", "a"}, {"", "b"}});
        CHECK(stored_table(good, "x")->classes == 2);
        CHECK(!stored_table({}, "x"));
        const auto refused = [&](const char* key, const char* value, const std::string& found) {
            std::map<std::string, std::string> bad = good;
            bad[key] = value;
            test::check_refuses([&] { stored_table(bad, "x.safetensors"); }, found);
        };
        refused("gradus.labels", "[", "x.safetensors: found labels of another form");
        refused("gradus.labels", "[[\"\",\"a\"]]", "two or more");
        refused("gradus.labels", "[[\"\",\"a\"],[\"\",7]]", "another form");
        refused("gradus.labels", "[[\"\",\"a\"],[\"\",\"\"]]", "another form");
        refused("gradus.size", "7", "found gradus.size \"7\", expected 8 to 4096");
        refused("gradus.size", "1e3", "expected 8 to 4096");
        refused("gradus.architecture", "4q", "x.safetensors: architecture: found \"4q\"");
        refused("gradus.net", "resnet", "no net \"resnet\"");
    }

    TEST_CASE("nets with other classes") {
        for (const NetTable& table : net_tables()) {
            const NetTable two = with_classes(table, 2);
            Graph g;
            const auto channels = static_cast<std::int64_t>(table.input.from.size());
            const Var picture = g.leaf(Tensor(Spec(Shape{1, table.input.size, table.input.size, channels})));
            const Shape scores = Net(two, seeded_weights()).record(picture).scores().shape();
            CHECK_MESSAGE((scores == Shape{1, 2}), table.name);
        }
    }
}
