#include "tools/techniques/receptive_field.h"

#include <doctest/doctest.h>

#include "tests/check.h"
#include "tests/tools/tiny_nets.h"
#include "tools/techniques/top_patches.h"

using namespace gradus;

namespace {

bool same(const PixelBox& a, const PixelBox& b) {
    return a.top == b.top && a.left == b.left && a.bottom == b.bottom && a.right == b.right;
}

/// A gray picture with one pixel of another color.
Image with_spot(int size, int row, int column, float brightness) {
    Image image{
        .width = size, .height = size, .rgb = std::vector<float>(static_cast<std::size_t>(size * size * 3), 0.1f)};
    for (int c = 0; c < 3; ++c) image.rgb[static_cast<std::size_t>((row * size + column) * 3 + c)] = brightness;
    return image;
}

/// The brightest of 3 x 3 pixels, by a convolution that adds the colors.
Net brightness_net() {
    Rows rows;
    rows.max_pool(rows.conv("data", "conv", 1), "brightest", {.size = 3, .stride = 2});
    return test::toy_net(std::move(rows), "brightest", {{"conv.weight", {1, 1, 1}}});
}

}  // namespace

TEST_SUITE("receptive field") {
    TEST_CASE("the boxes follow from the windows") {
        const auto box = [](const char* net, Unit unit) { return receptive_box(net_table(net), unit, 224, 224); };
        CHECK(same(box("googlenet", {"conv1/7x7_s2", 0, 0, 0}), {-3, -3, 4, 4}));
        CHECK(same(box("googlenet", {"conv1/7x7_s2", 0, 10, 20}), {17, 37, 24, 44}));
        CHECK(same(box("vgg16", {"relu1_2", 0, 0, 7}), {-2, 5, 3, 10}));
        CHECK(same(box("vgg16", {"pool1", 0, 3, 0}), {4, -2, 10, 4}));
        CHECK(same(box("googlenet", {"loss3/classifier", 5, 0, 0}), {0, 0, 224, 224}));
        test::check_refuses([&] { box("vgg16", {"relu9", 0, 0, 0}); }, "no layer \"relu9\"");
    }
    TEST_CASE("the gradient is 0 outside the box and reaches its edges") {
        const Net net = test::tiny_net();
        const NetRun run{net, DType::f32, {.threads = 1}};
        Tensor x = test::noise_tensor({1, 24, 20, 3});
        const ReceptiveField field = receptive_field(run, {"conv2", 2, 6, 5}, x);
        CHECK(same(field.box, {9, 7, 17, 15}));  // 3x3, pool of 2, 3x3 of stride 2: 8 pixels
        bool edges[4] = {};
        const auto values = field.gradient.values<float>();
        for (std::size_t i = 0; i < values.size(); ++i) {
            const int row = static_cast<int>(i / 3) / 20, column = static_cast<int>(i / 3) % 20;
            const PixelBox& b = field.box;
            if (row < b.top || row >= b.bottom || column < b.left || column >= b.right) CHECK(values[i] == 0);
            if (values[i] == 0) continue;
            edges[0] |= row == b.top, edges[1] |= row == b.bottom - 1;
            edges[2] |= column == b.left, edges[3] |= column == b.right - 1;
        }
        // Of each pair of pixels that a pool looks at only one leads on, so an edge may be missed by one unit.
        CHECK(edges[0] + edges[1] + edges[2] + edges[3] >= 3);
        CHECK((field.half >= 1 && field.half <= field.nine_tenths && field.nine_tenths <= 9));
    }
    TEST_CASE("a unit that does not answer is refused") {
        Rows rows;
        rows.relu(rows.conv("data", "conv", 1), "relu");
        const NetRun run{test::toy_net(std::move(rows), "relu", {{"conv.weight", {-1, -1, -1}}}), DType::f32, {}};
        Tensor x = test::noise_tensor({1, 4, 4, 3});
        for (float& v : x.values_to_write<float>()) v = 0.5f;
        test::check_refuses([&] { receptive_field(run, {"relu", 0, 1, 1}, x); }, "gradient of relu, channel 0 at 1,1");
    }
    TEST_CASE("the strongest patches, strongest first, show what the unit saw") {
        TopPatches search({brightness_net(), DType::f32, {.threads = 1}}, {"brightest", 0}, 2);
        search.look_at("dim", with_spot(4, 3, 3, 0.3f));
        search.look_at("bright", with_spot(4, 2, 1, 0.9f));
        search.look_at("dark", with_spot(4, 0, 0, 0.2f));
        search.look_at("medium", with_spot(4, 0, 0, 0.5f));
        REQUIRE(search.patches().size() == 2);
        const Patch &first = search.patches()[0], &second = search.patches()[1];
        CHECK(first.name == "bright");
        CHECK(first.activation == doctest::Approx(2.7f));
        CHECK((first.part.width == 3 && first.part.height == 3));
        CHECK(first.part.rgb[(2 * 3 + 1) * 3] == doctest::Approx(0.9f));
        CHECK(second.name == "medium");
        test::check_refuses([] { TopPatches({brightness_net(), DType::f32, {}}, {"brightest"}, 2); }, "no channel");
        test::check_refuses(
            [] {
                TopPatches({brightness_net(), DType::f32, {}}, {"brightest", 1}, 2);
            },
            "channels 0 to 0");
    }
}
