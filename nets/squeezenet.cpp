// SqueezeNet 1.1: fire modules squeeze to a few channels, then expand by 1x1 and 3x3 convolutions side by side. The
// classifier is a convolution and a mean, so any size of picture will do.
#include "nets/rows.h"

namespace gradus {
namespace {

struct Fire {
    int number, squeeze, expand;
};
constexpr Fire fires[] = {{2, 16, 64},  {3, 16, 64},  {4, 32, 128}, {5, 32, 128},
                          {6, 48, 192}, {7, 48, 192}, {8, 64, 256}, {9, 64, 256}};

std::string fire(Rows& rows, const std::string& x, const Fire& f) {
    const std::string block = "fire" + std::to_string(f.number) + "/";
    const auto conv = [&](const std::string& in, const std::string& kind, int channels, Taps taps = {}) {
        return rows.relu(rows.conv(in, block + kind, channels, taps), block + "relu_" + kind);
    };
    const std::string squeezed = conv(x, "squeeze1x1", f.squeeze);
    const std::string one = conv(squeezed, "expand1x1", f.expand);
    const std::string three = conv(squeezed, "expand3x3", f.expand, {.size = 3, .pad = 1});
    return rows.concat({one, three}, block + "concat");
}

}  // namespace

NetTable squeezenet1_1() {
    constexpr Taps halve{.size = 3, .stride = 2};
    Rows rows;
    std::string x = rows.relu(rows.conv("data", "conv1", 64, {.size = 3, .stride = 2}), "relu_conv1");
    x = rows.max_pool(x, "pool1", halve);
    for (const Fire& f : fires) {
        x = fire(rows, x, f);
        if (f.number == 3 || f.number == 5) x = rows.max_pool(x, "pool" + std::to_string(f.number), halve);
    }
    x = rows.relu(rows.conv(x, "conv10", 1000), "relu_conv10");
    x = rows.global_average(x, "pool10");
    rows.softmax(x, "prob");
    return {.name = "squeezenet1_1",
            .paper = "Iandola et al. 2016, SqueezeNet: AlexNet-level accuracy with 50x fewer parameters",
            .input = {.size = 227, .from = {2, 1, 0}, .mean = {104, 117, 123}},
            .rows = rows.take(),
            .scores = "pool10",
            .usual_layer = "fire8/concat"};
}

}  // namespace gradus
