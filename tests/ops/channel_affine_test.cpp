#include "ops/channel_affine.h"

#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

TEST_SUITE("channel_affine") {
    TEST_CASE("RGB 0..1 to BGR 0..255 minus a mean, and back") {
        Graph g;
        Var x = g.leaf(Tensor({1, 1, 2, 3}, {0, 0.5f, 1, 1, 0, 0.25f}));
        Var y = channel_affine(x, {255, 255, 255}, {-104, -117, -124}, {2, 1, 0});
        const float expected[] = {151, 10.5f, -124, -40.25f, -117, 131};
        for (std::size_t i = 0; i < 6; ++i) CHECK(value(y).values<float>()[i] == expected[i]);
        const Tensor dx = value(grad(test::weighted_sum(y, {1, 2, 3, 4, 5, 6}), {x})[0]);
        for (std::size_t i = 0; i < 6; ++i)
            CHECK(dx.values<float>()[i] == 255.0f * static_cast<float>(i < 3 ? 3 - i : 9 - i));
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        struct Map {
            std::vector<float> scale, shift;
            std::vector<int> from;
        };
        const Map swapped{{2, -3, 0.5f}, {1, 0, -1}, {2, 1, 0}}, gray{{1, 1, 1}, {0, 0, 0}, {0, 0, 0}};
        const Map fewer{{4}, {0.25f}, {1}}, more{{1, 2, 3, 4}, {0, 1, 2, 3}, {2, 2, 0, 1}};
        for (const Map& m : {swapped, gray, fewer, more})
            for (const Shape& shape : {Shape{3}, Shape{2, 3, 5, 3}, Shape{1, 75, 75, 3}})
                test::check_op(
                    {.name = "channel_affine " + to_string(shape) + " to " + std::to_string(m.from.size()),
                     .shapes = {shape},
                     .f = [&](const std::vector<Var>& in) { return channel_affine(in[0], m.scale, m.shift, m.from); },
                     .sum_length = 4,
                     .bf16 = shape.size() > 3});  // a few numbers may cancel between their two gradients
        test::check_op({.name = "of a slice", .shapes = {{2, 3, 5, 7}}, .f = [&](const std::vector<Var>& in) {
                            return channel_affine(slice_channels(in[0], 2, 3), swapped.scale, swapped.shift,
                                                  swapped.from);
                        }});
    }
    TEST_CASE("refuses what does not fit") {
        Graph g;
        Var x = g.leaf(test::noise_tensor({2, 3}));
        test::check_refuses([&] { channel_affine(x, {1}, {0}, {3}); },
                            "channel_affine: was asked for channel 3 of (2, 3)");
        test::check_refuses(
            [&] {
                channel_affine(x, {1, 1}, {0}, {0});
            },
            "channel_affine: was given 2 scales, 1 shifts");
    }
}
