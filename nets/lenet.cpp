// LeNet for handwritten digits, as Caffe's example trains it: white on black, 28x28.
#include "nets/rows.h"

namespace gradus {

NetTable lenet() {
    constexpr Taps halve{.size = 2, .stride = 2};
    Rows rows;
    std::string x = rows.max_pool(rows.conv("data", "conv1", 20, {.size = 5}), "pool1", halve);
    x = rows.max_pool(rows.conv(x, "conv2", 50, {.size = 5}), "pool2", halve);
    x = rows.relu(rows.linear(x, "ip1", 500, 4), "relu1");
    x = rows.linear(x, "ip2", 10);
    rows.softmax(x, "prob");
    return {.name = "lenet",
            .paper = "LeCun et al. 1998, Gradient-based learning applied to document recognition",
            .input = {.size = 28, .from = {0}, .mean = {0}, .mean_picture = "mean", .factor = 0.00390625f},
            .rows = rows.take(),
            .scores = "ip2",
            .usual_layer = "conv2",
            .classes = 10};
}

}  // namespace gradus
