#include "tools/search/direction.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "nets/seeded_weights.h"
#include "tests/check.h"
#include "tests/temp_folder.h"
#include "tools/techniques/visualize.h"
#include "weights/safetensors.h"

using namespace gradus;

namespace {

const std::string layer = "inception_3a/output";

const Net& net() {
    static const Net seeded(net_table("googlenet"), seeded_weights());
    return seeded;
}

/// A picture of a unit after some steps, all from one start.
Visualization seen(const Unit& unit, int steps = 6) {
    VisualizeOptions o;
    o.units = {unit};
    o.height = o.width = 32;
    o.search = {.written = fourier(), .transforms = {robust()}, .steps = steps};
    return visualize(net(), o, {.threads = 2})[0];
}

std::vector<float> numbers_of(const Tensor& v) { return {v.values<float>().begin(), v.values<float>().end()}; }

std::filesystem::path file_of(const test::TempFolder& folder, const std::vector<NamedValues>& tensors) {
    write_safetensors(folder / "v.safetensors", tensors, {});
    return folder / "v.safetensors";
}

}  // namespace

TEST_SUITE("direction") {
    TEST_CASE("a text gives channels and their weights, the others 0") {
        const Direction d = parse_direction("2:1,0:-0.5");
        CHECK(d.name == "2:1,0:-0.5");
        const Tensor v = vector_of(d, layer, 4);
        CHECK(v.shape() == Shape{4});
        CHECK(numbers_of(v) == std::vector<float>{-0.5f, 0, 1, 0});
    }
    TEST_CASE("a file gives a weight for each channel") {
        const test::TempFolder folder;
        const std::vector<float> values{0, 2, -1};
        const Direction d = read_direction(file_of(folder, {{"v", {3}, values}}).string());
        CHECK(d.channels == 3);
        CHECK(numbers_of(vector_of(d, layer, 3)) == values);
        test::check_refuses([&] { vector_of(d, layer, 4); }, "has 3 weights, expected 4, one for each channel");
    }
    TEST_CASE("what is no direction is refused") {
        for (const char* wrong : {"", "12", "12:", ":1", "12:1,", "-1:2", "1:nan", "1:inf", "1:1e99", "a:1", "1:2:3"}) {
            CAPTURE(wrong);
            test::check_refuses([&] { read_direction(wrong); }, "is not CHANNEL:WEIGHT");
        }
        test::check_refuses([] { parse_direction("3:1,3:2"); }, "gives channel 3 twice");
        test::check_refuses([] { parse_direction("3:0,4:0"); }, "points nowhere");
        test::check_refuses([] { vector_of(parse_direction("4:1"), layer, 4); },
                            "has a weight for channel 4, expected 0 to 3");
        const test::TempFolder folder;
        const std::vector<float> some{1, 2, 3, 4}, none{0, 0}, broken{1, std::numeric_limits<float>::quiet_NaN()};
        const auto load = [&](const std::vector<NamedValues>& tensors) {
            read_direction(file_of(folder, tensors).string());
        };
        test::check_refuses([&] { load({{"v", {4}, some}, {"w", {4}, some}}); }, "found 2 tensors, expected one");
        test::check_refuses([&] { load({{"v", {2, 2}, some}}); }, "\"v\" is (2, 2), expected one extent");
        test::check_refuses([&] { load({{"v", {2}, none}}); }, "points nowhere");
        test::check_refuses([&] { load({{"v", {2}, broken}}); }, "v.safetensors");
        test::check_refuses([&] { read_direction((folder / "w.safetensors").string()); }, "w.safetensors");
    }
    TEST_CASE("what a picture does to it is the weighted sum of what it does to the channels") {
        const Unit along{.layer = layer, .direction = parse_direction("5:1,9:-0.5,200:2")};
        CHECK(along.name() == "inception_3a/output along 5:1,9:-0.5,200:2");
        const Visualization v = seen(along);
        CHECK(v.after.of == 0);
        const Image& picture = v.search.picture;
        const Tensor three = [&] {
            std::vector<float> all;
            for (int n = 0; n < 3; ++n) all.insert(all.end(), picture.rgb.begin(), picture.rgb.end());
            return Tensor(Shape{3, picture.height, picture.width, 3}, all);
        }();
        const std::vector<Unit> channels{
            {.layer = layer, .channel = 5}, {.layer = layer, .channel = 9}, {.layer = layer, .channel = 200}};
        const auto each = read_units(net(), three, channels, DType::f32, {.threads = 2});
        CHECK(v.after.activation ==
              doctest::Approx(each[0].activation - 0.5 * each[1].activation + 2 * each[2].activation).epsilon(1e-5));
    }
    TEST_CASE("it is climbed: along one channel that channel, against it the other way") {
        const Visualization channel = seen({.layer = layer, .channel = 5}),
                            along = seen({.layer = layer, .direction = parse_direction("5:1")}),
                            against = seen({.layer = layer, .direction = parse_direction("5:-1")});
        CHECK(along.after.activation > along.before.activation);
        CHECK(along.after.activation == doctest::Approx(channel.after.activation).epsilon(1e-3));
        double worst = 0;
        for (std::size_t i = 0; i < channel.search.picture.rgb.size(); ++i)
            worst = std::max(worst, std::abs(static_cast<double>(channel.search.picture.rgb[i]) -
                                             static_cast<double>(along.search.picture.rgb[i])));
        CHECK(worst < 1e-2);
        CHECK(against.after.activation > against.before.activation);
        CHECK(-against.after.activation < channel.before.activation);
    }
    TEST_CASE("a channel that the layer does not have is refused before the first step") {
        test::check_refuses([] { seen({.layer = layer, .direction = parse_direction("256:1")}); },
                            "has a weight for channel 256, expected 0 to 255");
    }
}
