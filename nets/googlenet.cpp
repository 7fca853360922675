// GoogLeNet in the form that BVLC trained with Caffe: local response normalization, 5x5 convolutions, no batch
// normalization, without the two auxiliary classifiers, which only training needs.
#include "nets/rows.h"

namespace gradus {
namespace {

/// The channels of one inception module's branches.
struct Inception {
    const char* name;
    int one, three_reduce, three, five_reduce, five, pool_proj;
};

constexpr Inception stage_3[] = {{"3a", 64, 96, 128, 16, 32, 32}, {"3b", 128, 128, 192, 32, 96, 64}};
constexpr Inception stage_4[] = {{"4a", 192, 96, 208, 16, 48, 64},
                                 {"4b", 160, 112, 224, 24, 64, 64},
                                 {"4c", 128, 128, 256, 24, 64, 64},
                                 {"4d", 112, 144, 288, 32, 64, 64},
                                 {"4e", 256, 160, 320, 32, 128, 128}};
constexpr Inception stage_5[] = {{"5a", 256, 160, 320, 32, 128, 128}, {"5b", 384, 192, 384, 48, 128, 128}};

std::string inception(Rows& rows, const std::string& x, const Inception& m) {
    const std::string block = std::string("inception_") + m.name + "/";
    const auto conv = [&](const std::string& in, const std::string& kind, int channels, Taps taps = {}) {
        return rows.relu(rows.conv(in, block + kind, channels, taps), block + "relu_" + kind);
    };
    const std::string one = conv(x, "1x1", m.one);
    const std::string three = conv(conv(x, "3x3_reduce", m.three_reduce), "3x3", m.three, {.size = 3, .pad = 1});
    const std::string five = conv(conv(x, "5x5_reduce", m.five_reduce), "5x5", m.five, {.size = 5, .pad = 2});
    const std::string pooled = conv(rows.max_pool(x, block + "pool", {.size = 3, .pad = 1}), "pool_proj", m.pool_proj);
    return rows.concat({one, three, five, pooled}, block + "output");
}

}  // namespace

NetTable googlenet() {
    constexpr Taps halve{.size = 3, .stride = 2};
    Rows rows;
    std::string x = rows.conv("data", "conv1/7x7_s2", 64, {.size = 7, .stride = 2, .pad = 3});
    x = rows.max_pool(rows.relu(x, "conv1/relu_7x7"), "pool1/3x3_s2", halve);
    x = rows.lrn(x, "pool1/norm1");
    x = rows.relu(rows.conv(x, "conv2/3x3_reduce", 64), "conv2/relu_3x3_reduce");
    x = rows.relu(rows.conv(x, "conv2/3x3", 192, {.size = 3, .pad = 1}), "conv2/relu_3x3");
    x = rows.max_pool(rows.lrn(x, "conv2/norm2"), "pool2/3x3_s2", halve);
    for (const Inception& module : stage_3) x = inception(rows, x, module);
    x = rows.max_pool(x, "pool3/3x3_s2", halve);
    for (const Inception& module : stage_4) x = inception(rows, x, module);
    x = rows.max_pool(x, "pool4/3x3_s2", halve);
    for (const Inception& module : stage_5) x = inception(rows, x, module);
    // 7x7 windows in Caffe, which at 224 are the whole picture; the mean of all works for every size.
    x = rows.linear(rows.global_average(x, "pool5/7x7_s1"), "loss3/classifier", 1000);
    rows.softmax(x, "prob");
    // Not in braces: where memory ends at a text that follows lists, GCC 12 frees what it has not made.
    NetTable net;
    net.name = "googlenet";
    net.paper = "Szegedy et al. 2015, Going deeper with convolutions";
    net.input = {.size = 224, .from = {2, 1, 0}, .mean = {104, 117, 123}};
    net.rows = rows.take();
    net.scores = "loss3/classifier";
    net.usual_layer = "inception_4c/output";
    return net;
}

}  // namespace gradus
