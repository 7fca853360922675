#pragma once
// The convolutions that tests and benchmarks run: layers of the real nets, and shapes that are awkward for some kernel.
#include <string>
#include <vector>

#include "ops/conv2d.h"

namespace gradus::cases {

struct Conv2dCase {
    std::string name;
    Shape x, w;
    Conv2dOptions options = {};
    bool real =
        false;  // a layer of a net at 224 px: for the benchmarks, too large for the fp64 reference in every test run
};

inline std::vector<Conv2dCase> conv2d() {
    return {
        // awkward ones
        {"1x1 of one channel", {1, 1, 1, 1}, {1, 1, 1, 1}},
        {"one pixel, 3x3", {1, 1, 1, 5}, {7, 5, 3, 3}, {.pad = 1}},
        {"odd sizes, 3x3", {2, 5, 7, 3}, {5, 3, 3, 3}, {.pad = 1}},
        {"no padding, 3x3", {1, 9, 6, 8}, {16, 8, 3, 3}},
        {"wide padding, 3x3", {1, 6, 6, 8}, {16, 8, 3, 3}, {.pad = 2}},
        {"a tile and one pixel, 3x3", {1, 17, 13, 33}, {65, 33, 3, 3}, {.pad = 1}},
        {"5x5", {2, 11, 10, 16}, {24, 16, 5, 5}, {.pad = 2}},
        // Winograd declines fewer than 8 tiles (4x4 outputs for 3x3, 2x2 for 5x5): these have enough,
        // in both directions.
        {"winograd, odd sizes and channels, 3x3", {2, 9, 7, 11}, {13, 11, 3, 3}, {.pad = 1}},
        {"winograd, no padding, 3x3", {1, 15, 11, 9}, {10, 9, 3, 3}},
        {"winograd, wide padding, 3x3", {1, 9, 9, 9}, {17, 9, 3, 3}, {.pad = 2}},
        {"winograd, padding of one axis, 3x3", {2, 5, 14, 10}, {6, 10, 3, 3}, {.pad = {0, 2}}},
        {"winograd, one row of tiles, 3x3", {1, 3, 35, 8}, {1, 8, 3, 3}, {.pad = 1}},
        {"winograd, odd sizes and channels, 5x5", {2, 5, 3, 11}, {13, 11, 5, 5}, {.pad = 2}},
        {"winograd, no padding, 5x5", {2, 9, 7, 19}, {9, 19, 5, 5}},
        {"winograd, wide padding, 5x5", {2, 3, 4, 9}, {21, 9, 5, 5}, {.pad = 4}},
        // Its weight gradient cuts channels in pieces of 64, 128 tiles in parts, and parts in blocks of 32; the direct
        // one
        // 512 pixels in parts, and three rows of 75 channels in two bands.
        {"winograd, pieces, 3x3", {1, 9, 11, 75}, {9, 75, 3, 3}, {.pad = 1}},
        {"winograd, parts, 3x3", {2, 31, 30, 9}, {10, 9, 3, 3}, {.pad = 1}},
        {"winograd, parts, 5x5", {1, 25, 24, 8}, {9, 8, 5, 5}, {.pad = 2}},
        {"many channels, few pixels, 1x1", {1, 7, 7, 200}, {49, 200, 1, 1}},
        {"strided 1x1", {1, 9, 8, 12}, {10, 12, 1, 1}, {.stride = 2}},
        {"stem 7x7", {1, 23, 21, 3}, {32, 3, 7, 7}, {.stride = 2, .pad = 3}},
        {"strided 3x3", {2, 10, 13, 6}, {9, 6, 3, 3}, {.stride = 2, .pad = 1}},
        {"stride 3, not square", {1, 11, 14, 4}, {6, 4, 3, 2}, {.stride = {3, 2}, .pad = {1, 0}}},
        {"groups", {1, 8, 8, 12}, {18, 4, 3, 3}, {.pad = 1, .groups = 3}},
        {"depthwise", {1, 6, 9, 8}, {8, 1, 3, 3}, {.pad = 1, .groups = 8}},
        {"dilation", {1, 12, 11, 6}, {8, 6, 3, 3}, {.pad = 2, .dilation = 2}},
        {"dilation and stride", {1, 13, 12, 5}, {7, 5, 3, 3}, {.stride = 2, .pad = {2, 3}, .dilation = {2, 3}}},
        {"first layer", {1, 18, 19, 3}, {64, 3, 3, 3}, {.pad = 1}},
        // Tensor cores take channels in eights (fours in TF32): both directions of these. Depths end inside a step, one
        // step's chunks lie under several taps, 64 channels and some make two boxes.
        {"tensor cores, pictures, not square", {3, 4, 7, 8}, {72, 8, 3, 2}, {.pad = {2, 1}}},
        {"tensor cores, dilation", {1, 7, 6, 24}, {40, 24, 3, 3}, {.pad = 2, .dilation = 2}},
        {"tensor cores, strided", {2, 5, 6, 16}, {40, 16, 3, 3}, {.stride = 2, .pad = 1}},
        {"tensor cores, boxes", {1, 5, 7, 72}, {64, 72, 1, 3}, {.pad = {0, 1}}},
        // VGG-16
        {"vgg conv1_1", {1, 224, 224, 3}, {64, 3, 3, 3}, {.pad = 1}, true},
        {"vgg conv1_2", {1, 224, 224, 64}, {64, 64, 3, 3}, {.pad = 1}, true},
        {"vgg conv2_1", {1, 112, 112, 64}, {128, 64, 3, 3}, {.pad = 1}, true},
        {"vgg conv2_2", {1, 112, 112, 128}, {128, 128, 3, 3}, {.pad = 1}, true},
        {"vgg conv3_1", {1, 56, 56, 128}, {256, 128, 3, 3}, {.pad = 1}, true},
        {"vgg conv3_2", {1, 56, 56, 256}, {256, 256, 3, 3}, {.pad = 1}, true},
        {"vgg conv4_1", {1, 28, 28, 256}, {512, 256, 3, 3}, {.pad = 1}, true},
        {"vgg conv4_2", {1, 28, 28, 512}, {512, 512, 3, 3}, {.pad = 1}, true},
        {"vgg conv5_1", {1, 14, 14, 512}, {512, 512, 3, 3}, {.pad = 1}, true},
        // GoogLeNet
        {"googlenet conv1", {1, 224, 224, 3}, {64, 3, 7, 7}, {.stride = 2, .pad = 3}, true},
        {"googlenet conv2 reduce", {1, 56, 56, 64}, {64, 64, 1, 1}, {}, true},
        {"googlenet conv2", {1, 56, 56, 64}, {192, 64, 3, 3}, {.pad = 1}, true},
        {"googlenet 3a 1x1", {1, 28, 28, 192}, {64, 192, 1, 1}, {}, true},
        {"googlenet 3a 5x5", {1, 28, 28, 16}, {32, 16, 5, 5}, {.pad = 2}, true},
        {"googlenet 4c 3x3", {1, 14, 14, 128}, {256, 128, 3, 3}, {.pad = 1}, true},
        {"googlenet 5b 1x1", {1, 7, 7, 832}, {384, 832, 1, 1}, {}, true},
        // a small classifier of 64 px as it is trained
        {"batch of 64, stem", {64, 64, 64, 3}, {48, 3, 5, 5}, {.stride = 2, .pad = 2}, true},
        {"batch of 64, 32 px", {64, 32, 32, 48}, {64, 48, 3, 3}, {.pad = 1}, true},
        {"batch of 64, 16 px", {64, 16, 16, 128}, {128, 128, 3, 3}, {.pad = 1}, true},
        {"batch of 64, 8 px", {64, 8, 8, 256}, {256, 256, 3, 3}, {.pad = 1}, true},
        {"batch of 64, 4 px", {64, 4, 4, 256}, {512, 256, 3, 3}, {.pad = 1}, true},
        {"batch of 64, 1x1", {64, 4, 4, 512}, {256, 512, 1, 1}, {}, true},
    };
}

}  // namespace gradus::cases
