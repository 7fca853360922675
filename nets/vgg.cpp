// The VGG nets: 3x3 convolutions all the way. Many files hold the convolutions only; the classifier is there if the
// file has it.
#include <array>

#include "nets/rows.h"

namespace gradus {
namespace {

/// With so many convolutions before each of the five pools.
NetTable vgg(const std::string& net, const std::array<int, 5>& convolutions) {
    constexpr std::array<int, 5> channels{64, 128, 256, 512, 512};
    Rows rows;
    std::string x = "data";
    for (std::size_t i = 0; i < 5; ++i) {
        const std::string stage = std::to_string(i + 1);
        for (int j = 1; j <= convolutions[i]; ++j) {
            const std::string place = stage + "_" + std::to_string(j);
            x = rows.relu(rows.conv(x, "conv" + place, channels[i], {.size = 3, .pad = 1}), "relu" + place);
        }
        x = rows.max_pool(x, "pool" + stage, {.size = 2, .stride = 2});
    }
    x = rows.relu(rows.linear(x, "fc6", 4096, 7), "relu6");
    x = rows.relu(rows.linear(x, "fc7", 4096), "relu7");
    x = rows.linear(x, "fc8", 1000);
    rows.softmax(x, "prob");
    return {.name = net,
            .paper = "Simonyan & Zisserman 2015, Very deep convolutional networks for large-scale image recognition",
            .input = {.size = 224, .from = {2, 1, 0}, .mean = {103.939f, 116.779f, 123.68f}},
            .rows = rows.take(),
            .scores = "fc8",
            .usual_layer = "relu4_" + std::to_string(convolutions[3])};
}

}  // namespace

NetTable vgg16() { return vgg("vgg16", {2, 2, 3, 3, 3}); }
NetTable vgg19() { return vgg("vgg19", {2, 2, 4, 4, 4}); }

}  // namespace gradus
