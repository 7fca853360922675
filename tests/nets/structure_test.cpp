// What papers and Caffe's own files say of the nets, against what ours record.
#include <doctest/doctest.h>

#include <map>

#include "nets/describe.h"
#include "tests/error.h"

using namespace gradus;

namespace {

std::map<std::string, LayerFacts> facts(const NetTable& table, int height, int width) {
    std::map<std::string, LayerFacts> all;
    for (const LayerFacts& layer : describe(table, height, width)) all[layer.name] = layer;
    return all;
}

std::int64_t parameters(const NetTable& table, int size) {
    std::int64_t sum = 0;
    for (const LayerFacts& layer : describe(table, size, size)) sum += layer.parameters;
    return sum;
}

double giga_flops(const NetTable& table, int size) {
    double sum = 0;
    for (const LayerFacts& layer : describe(table, size, size))
        if (layer.kind == LayerKind::conv || layer.kind == LayerKind::linear) sum += layer.flops;
    return sum / 1e9;
}

}  // namespace

TEST_SUITE("nets") {
    TEST_CASE("GoogLeNet's layers have the sizes of table 1 of its paper") {
        auto layers = facts(net_table("googlenet"), 224, 224);
        const std::pair<std::string, Shape> expected[] = {
            {"conv1/7x7_s2", {1, 112, 112, 64}},       {"pool1/3x3_s2", {1, 56, 56, 64}},
            {"conv2/3x3", {1, 56, 56, 192}},           {"pool2/3x3_s2", {1, 28, 28, 192}},
            {"inception_3a/output", {1, 28, 28, 256}}, {"inception_3b/output", {1, 28, 28, 480}},
            {"pool3/3x3_s2", {1, 14, 14, 480}},        {"inception_4a/output", {1, 14, 14, 512}},
            {"inception_4b/output", {1, 14, 14, 512}}, {"inception_4c/output", {1, 14, 14, 512}},
            {"inception_4d/output", {1, 14, 14, 528}}, {"inception_4e/output", {1, 14, 14, 832}},
            {"pool4/3x3_s2", {1, 7, 7, 832}},          {"inception_5a/output", {1, 7, 7, 832}},
            {"inception_5b/output", {1, 7, 7, 1024}},  {"pool5/7x7_s1", {1, 1, 1, 1024}},
            {"loss3/classifier", {1, 1000}},           {"prob", {1, 1000}}};
        for (const auto& layer : expected) CHECK_MESSAGE(layers[layer.first].shape == layer.second, layer.first);
    }
    TEST_CASE("VGG halves five times, SqueezeNet by windows that hang over the edge") {
        auto vgg = facts(net_table("vgg19"), 224, 224);
        CHECK(vgg["conv1_2"].shape == Shape{1, 224, 224, 64});
        CHECK(vgg["conv5_4"].shape == Shape{1, 14, 14, 512});
        CHECK(vgg["pool5"].shape == Shape{1, 7, 7, 512});
        CHECK(vgg["fc6"].shape == Shape{1, 4096});
        auto squeeze = facts(net_table("squeezenet1_1"), 227, 227);
        CHECK(squeeze["conv1"].shape == Shape{1, 113, 113, 64});
        CHECK(squeeze["fire3/concat"].shape == Shape{1, 56, 56, 128});
        CHECK(squeeze["fire5/concat"].shape == Shape{1, 28, 28, 256});
        CHECK(squeeze["fire9/concat"].shape == Shape{1, 14, 14, 512});
        CHECK(squeeze["pool10"].shape == Shape{1, 1, 1, 1000});
        auto digits = facts(net_table("lenet"), 28, 28);
        CHECK(digits["pool2"].shape == Shape{1, 4, 4, 50});
        CHECK(digits["prob"].shape == Shape{1, 10});
    }
    TEST_CASE("they have as many parameters as published") {
        CHECK(parameters(net_table("googlenet"), 224) == 6'998'552);
        CHECK(parameters(net_table("vgg16"), 224) == 138'357'544);
        CHECK(parameters(net_table("vgg16"), 256) == 14'714'688);  // the convolutions only
        CHECK(parameters(net_table("vgg19"), 224) == 143'667'240);
        CHECK(parameters(net_table("squeezenet1_1"), 227) == 1'235'496);
        CHECK(parameters(net_table("lenet"), 28) == 431'080);
    }
    TEST_CASE("they multiply and add as often as published") {
        // Billions of multiply-adds, two operations each: 1.6 for GoogLeNet, 15.5 and 19.6 for VGG.
        CHECK(giga_flops(net_table("googlenet"), 224) / 2 == doctest::Approx(1.582).epsilon(0.001));
        CHECK(giga_flops(net_table("vgg16"), 224) / 2 == doctest::Approx(15.470).epsilon(0.001));
        CHECK(giga_flops(net_table("vgg19"), 224) / 2 == doctest::Approx(19.632).epsilon(0.001));
    }
    TEST_CASE("receptive fields are those of the literature") {
        auto vgg = facts(net_table("vgg16"), 224, 224);
        // Published for VGG-16: 5, 14, 40, 92, 196 before the pools, 212 after the last.
        CHECK(vgg["relu1_2"].receptive_field == 5);
        CHECK(vgg["relu2_2"].receptive_field == 14);
        CHECK(vgg["relu3_3"].receptive_field == 40);
        CHECK(vgg["relu4_3"].receptive_field == 92);
        CHECK(vgg["relu5_3"].receptive_field == 196);
        CHECK(vgg["pool5"].receptive_field == 212);
        CHECK(vgg["pool5"].stride == 32);
        CHECK(vgg["fc6"].receptive_field == 0);
        auto google = facts(net_table("googlenet"), 224, 224);
        CHECK(google["conv1/7x7_s2"].receptive_field == 7);
        CHECK(google["pool1/3x3_s2"].receptive_field == 11);
        CHECK(google["conv2/3x3"].receptive_field == 19);
        CHECK(google["inception_3a/output"].receptive_field == 27 + 4 * 8);  // by its 5x5 branch
        CHECK(google["inception_4c/output"].stride == 16);
        // Where they begin: half a window before the first pixel, until a pool without a border moves them inwards.
        CHECK(google["conv1/7x7_s2"].start == -3);
        CHECK(google["pool1/3x3_s2"].start == -3);
        CHECK(google["conv2/3x3"].start == -3 - 4);
        CHECK(google["inception_3a/1x1"].start == -7);
        CHECK(google["inception_3a/output"].start == -7 - 2 * 8);
        CHECK(vgg["relu1_2"].start == -2);
        CHECK(vgg["pool1"].start == -2);
        CHECK(vgg["relu2_1"].start == -2 - 2);
    }
    TEST_CASE("a larger picture gives larger layers, and leaves out a classifier that does not fit") {
        auto vgg = facts(net_table("vgg16"), 320, 480);
        CHECK(vgg["pool5"].shape == Shape{1, 10, 15, 512});
        CHECK_FALSE(vgg.contains("fc6"));
        auto google = facts(net_table("googlenet"), 320, 480);
        CHECK(google["inception_5b/output"].shape == Shape{1, 10, 15, 1024});
        CHECK(google["prob"].shape == Shape{1, 1000});
    }
    TEST_CASE("a drawing has every layer and every arrow") {
        const std::string text = dot(net_table("squeezenet1_1"), 227, 227);
        CHECK(text.starts_with("digraph {"));
        CHECK(test::has(text, R"("fire2/expand1x1" [)"));
        CHECK(test::has(text, R"x(label="fire2/concat\nconcat (1, 56, 56, 128)")x"));
        CHECK(test::has(text, R"("fire2/relu_expand3x3" -> "fire2/concat")"));
        CHECK(test::has(text, R"("data" -> "conv1")"));
    }
    TEST_CASE("a drawing with the backward pass ends at the picture's gradient") {
        const std::string text = dot_with_backward(net_table("vgg16"), 32, 32, "conv2_1");
        CHECK(test::has(text, "conv2d_input_grad"));
        CHECK(test::has(text, R"x(label="picture\n(1, 32, 32, 3)")x"));
        CHECK(test::has(text, R"(label="gradient\n)"));
        CHECK_FALSE(test::has(text, "conv2_2"));
    }
    TEST_CASE("unknown nets are named with the nearest") {
        CHECK_ERROR(net_table("vgg"), R"(no net "vgg"; the nearest are "vgg16" and "vgg19")");
    }
}
