// Style transfer and texture on a small net of seeded weights.
#include "tools/techniques/style.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "nets/form.h"
#include "ops/roll.h"
#include "tests/check.h"
#include "tests/tools/some_picture.h"
#include "tests/tools/tiny_nets.h"
#include "tools/image/tensor.h"
#include "tools/search/noise.h"
#include "tools/techniques/style_grid.h"
#include "tools/techniques/texture.h"

using namespace gradus;

namespace {

Image some(int width, int height, unsigned seed) { return test::some_picture(width, height, seed); }

const Image& photo() {
    static const Image made = some(24, 16, 1);
    return made;
}
std::vector<StyleSource> art() { return {{.picture = some(20, 20, 2)}}; }

StyleOptions small_style() {
    StyleOptions o;
    o.content_layers = {{"relu2"}};
    o.style_layers = {{"relu1"}, {"relu2", 0.5}};
    o.sizes = {24};
    o.steps = {6};
    o.style_weight = 1000;
    o.search.optimizer = lbfgs(1, 5);
    return o;
}

StyleResult styled(const StyleOptions& o, const std::vector<StyleSource>& styles = art(), int threads = 1) {
    return style_transfer(test::tiny_net(), photo(), styles, o, {.threads = threads});
}

TextureOptions small_texture() { return {.style = small_style(), .height = 16, .width = 24, .levels = 2}; }

double distance(const Image& a, const Image& b, int from, int to) {
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        const int column = static_cast<int>(i / 3) % a.width;
        if (column >= from && column < to) sum += std::abs(static_cast<double>(a.rgb[i] - b.rgb[i]));
    }
    return sum;
}

}  // namespace

TEST_SUITE("style") {
    TEST_CASE("the loss falls, with every distance and optimizer, and the picture has its size") {
        for (const StyleDistance distance : {StyleDistance::gatys, StyleDistance::neural_style, StyleDistance::channels,
                                             StyleDistance::moments, StyleDistance::wasserstein})
            for (const Optimizer& optimizer : {lbfgs(1, 5), wolfe(5), adam(0.004)}) {
                CAPTURE(static_cast<int>(distance));
                CAPTURE(optimizer.name);
                StyleOptions o = small_style();
                o.style = distance;
                o.mean_weight = 1;
                o.start = StyleStart::content;
                o.search.optimizer = optimizer;
                const StyleResult result = styled(o);
                const std::vector<double>& loss = result.curves[0][0].values;
                CHECK(loss.back() < loss.front());
                CHECK(result.picture.width == 24);
                CHECK(result.picture.height == 16);
                REQUIRE(result.curves[0].size() == 1 + 1 + 2 * 2 + 1);
                CHECK(result.curves[0][1].name == "content(relu2)");
            }
    }
    TEST_CASE("one seed gives the same bytes on one thread and on two") {
        CHECK(styled(small_style(), art(), 1).picture.rgb == styled(small_style(), art(), 2).picture.rgb);
        StyleOptions o = small_style();
        o.noise = 10;
        const Image one = styled(o).picture;
        o.search.seed = 1;
        CHECK(styled(o).picture.rgb != one.rgb);
    }
    TEST_CASE("it starts from what it is told") {
        StyleOptions o = small_style();
        o.steps = {1};
        o.search.optimizer = adam(1e-6);
        const Image noise = styled(o).picture;
        for (std::size_t i = 3; i < noise.rgb.size(); ++i) CHECK(std::abs(noise.rgb[i] - noise.rgb[i - 3]) < 1e-4f);
        o.start = StyleStart::content;
        CHECK(distance(styled(o).picture, photo(), 0, 24) < 0.01);
        o.from_picture = some(24, 16, 9);
        CHECK(distance(styled(o).picture, *o.from_picture, 0, 24) < 0.01);
    }
    TEST_CASE("styles are blended by their weights; one that weighs nothing is none") {
        StyleOptions o = small_style();
        std::vector<StyleSource> two = art();
        two.push_back({.picture = some(20, 20, 3)});
        const Image both = styled(o, two).picture, first = styled(o).picture;
        CHECK(both.rgb != first.rgb);
        two[1].weight = 0;
        CHECK(styled(o, two).picture.rgb == first.rgb);
        two[0].weight = 0;
        test::check_refuses([&] { styled(o, two); }, "no style picture with a weight above 0");
        const Style a{Tensor({1, 1}, {2}).to(DType::f64), Tensor({1}, {1}).to(DType::f64)},
            b{Tensor({1, 1}, {10}).to(DType::f64), Tensor({1}, {5}).to(DType::f64)};
        const Style mixed = blend({{a, 3}, {b, 1}});
        CHECK(mixed.gram.values<double>()[0] == 4);
        CHECK(mixed.mean.values<double>()[0] == 2);
    }
    TEST_CASE("a style for a part of the picture leaves the other part alone, nearly: layers see a little across") {
        StyleOptions o = small_style();
        o.content_weight = o.tv_weight = 0;
        o.start = StyleStart::content;
        std::vector<StyleSource> right = art();
        right[0].where = test::right_half(24, 16);
        const Image made = styled(o, right).picture;
        CHECK(distance(made, photo(), 0, 7) == 0);
        CHECK(distance(made, photo(), 12, 24) > 1);
    }
    TEST_CASE("a part of the style picture is another style") {
        StyleOptions o = small_style();
        std::vector<StyleSource> part = art();
        part[0].part = test::right_half(20, 20);
        CHECK(styled(o, part).picture.rgb != styled(o).picture.rgb);
        part[0].part = Image{.width = 1, .height = 1, .rgb = {1, 1, 1}};
        CHECK(distance(styled(o, part).picture, styled(o).picture, 0, 24) < 0.5);
    }
    TEST_CASE("several sizes, and stopping in any of them and going on gives the same bytes") {
        StyleOptions o = small_style();
        o.sizes = {16, 20, 24};
        o.steps = {3, 2};
        const StyleResult whole = styled(o);
        CHECK(whole.steps == 7);
        CHECK(whole.curves.size() == 3);
        CHECK(whole.picture.width == 24);
        for (const int stop : {2, 4, 6}) {
            CAPTURE(stop);
            std::vector<SearchState> states;
            style_transfer(test::tiny_net(), photo(), art(), o, {.threads = 1}, [&](const StyleStep& s) {
                states.resize(static_cast<std::size_t>(s.size) + 1);
                states.back() = s.look.state();
                return s.done < stop;
            });
            StyleOptions on = o;
            on.from = states;
            CHECK(styled(on).picture.rgb == whole.picture.rgb);
        }
    }
    TEST_CASE("values stay in 0..1 on the way, or not until the end") {
        StyleOptions o = small_style();
        o.search.optimizer = adam(0.3);
        o.steps = {12};
        const StyleResult boxed = styled(o);
        o.boxed = false;
        const StyleResult unbounded = styled(o);
        CHECK(boxed.picture.rgb != unbounded.picture.rgb);
        for (const StyleResult* result : {&boxed, &unbounded})
            for (const float v : result->picture.rgb) CHECK((v >= 0 && v <= 1));
    }
    TEST_CASE("a grid has the pictures that are made alone") {
        StyleOptions o = small_style();
        const StyleGridOptions grid{.rows = growing(o.style_layers), .columns = {0.1, 2}};
        REQUIRE(grid.rows.size() == 2);
        const std::vector<StyleResult> cells = style_grid(test::tiny_net(), photo(), art(), o, grid, {.threads = 1});
        REQUIRE(cells.size() == 4);
        o.content_weight *= 2;
        o.style_weight /= 2;
        CHECK(cells[3].picture.rgb == styled(o).picture.rgb);
        o = small_style();
        o.style_layers.resize(1);
        o.content_weight *= 0.1;
        CHECK(cells[0].picture.rgb == styled(o).picture.rgb);
        int looks = 0;
        CHECK(style_grid(test::tiny_net(), photo(), art(), o, grid, {.threads = 1}, [&](int, const SearchLook&) {
                  return ++looks < 8;
              }).size() == 2);
    }
    TEST_CASE("unknown layers and layers without places are refused") {
        StyleOptions o = small_style();
        o.style_layers = {{"relu9"}};
        test::check_refuses([&] { styled(o); }, "no layer \"relu9\"");
        o = small_style();
        o.style_layers = {{"scores"}};
        test::check_refuses([&] { styled(o); }, "scores: has no places, so no style");
    }
}

TEST_SUITE("texture") {
    TEST_CASE("from noise, of any size, with the colors of the sample") {
        const Image sample = some(20, 20, 2);
        const StyleResult made = texture(test::tiny_net(), sample, small_texture(), {.threads = 1});
        CHECK(made.picture.width == 24);
        CHECK(made.picture.height == 16);
        REQUIRE(made.curves.size() == 2);
        for (const auto& curves : made.curves) CHECK(curves[0].values.back() < curves[0].values.front());
        const auto [low, high] = std::minmax_element(made.picture.rgb.begin(), made.picture.rgb.end());
        CHECK(*low >= 0.2f - 1e-6f);
        CHECK(*high <= 0.8f + 1e-6f);
        TextureOptions o = small_texture();
        o.style.steps = {3, 2};
        CHECK(texture(test::tiny_net(), sample, o, {.threads = 1}).steps == 5);
        o.height = o.width = 0;
        CHECK(texture(test::tiny_net(), sample, o, {.threads = 1}).picture.width == 20);
    }
    TEST_CASE("a tile that grew from a smaller one has no seam") {
        TextureOptions o = small_texture();
        o.tileable = true;
        o.histogram = false;
        o.height = o.width = 48;
        o.style.steps = {1, 1};  // so that what is seen is how it grew
        const Image tile = texture(test::tiny_net(), some(48, 48, 2), o, {}).picture;
        std::vector<double> steps;  // from each column to the next; the last is the seam
        for (int column = 0; column < tile.width; ++column) {
            double sum = 0;
            for (int row = 0; row < tile.height; ++row)
                for (int c = 0; c < 3; ++c) {
                    const auto at = [&](int x) {
                        return static_cast<double>(tile.rgb[static_cast<std::size_t>((row * tile.width + x) * 3 + c)]);
                    };
                    sum += std::abs(at(column) - at((column + 1) % tile.width));
                }
            steps.push_back(sum);
        }
        CHECK(steps.back() < 1.2 * *std::max_element(steps.begin(), steps.end() - 1));
    }

    TEST_CASE("of a gray sample the texture is gray") {
        Image gray = some(16, 16, 4);
        for (std::size_t i = 0; i < gray.rgb.size(); ++i) gray.rgb[i] = gray.rgb[i / 3 * 3];
        const StyleResult result = texture(test::tiny_net(), gray, small_texture(), {});
        for (std::size_t i = 0; i < result.picture.rgb.size(); ++i)
            CHECK(result.picture.rgb[i] == result.picture.rgb[i / 3 * 3]);
    }

    TEST_CASE("a tile has no edges: rolled, it has the same loss") {
        TextureOptions o = small_texture();
        o.tileable = true;
        o.histogram = false;
        o.height = 17;  // rounded to what the net can halve
        const Image sample = some(20, 20, 2);
        const Image made = texture(test::tiny_net(), sample, o, {.threads = 1}).picture;
        REQUIRE(made.height % 2 == 0);
        const Net edgeless = with_table(test::tiny_net(), without_edges(test::tiny_net().table()));
        const auto loss = [&](const Net& net, int rows, int columns) {
            Tensor offset(Spec(Shape{2}, DType::i32));
            offset.values_to_write<std::int32_t>()[0] = rows;
            offset.values_to_write<std::int32_t>()[1] = columns;
            Graph g;
            Var x = roll(g.leaf(tensor_of(made)), g.leaf(offset));
            const StyleTargets targets = style_targets(net, {}, 20, {{.picture = sample}}, o.style, {.threads = 1});
            const Objective wanted = style_objective(targets, o.style);
            const Layers layers = net.record(x, {.wanted = wanted.layers()});
            const Scene scene({.picture = x, .input = x, .step = g.leaf(whole_number(0)), .layers = layers});
            return value(record(wanted, scene).total, {.threads = 1}).values<float>()[0];
        };
        o.style.tv_weight = 0;
        CHECK(loss(edgeless, 6, 10) == doctest::Approx(loss(edgeless, 0, 0)).epsilon(1e-4));
        CHECK(loss(test::tiny_net(), 6, 10) != doctest::Approx(loss(edgeless, 0, 0)).epsilon(1e-4));
    }
    TEST_CASE("what is black in the mask of --inpaint stays, byte for byte") {
        TextureOptions o = small_texture();
        const Image sample = some(20, 20, 2);
        o.fill = test::right_half(20, 20);
        const Image made = texture(test::tiny_net(), sample, o, {.threads = 1}).picture;
        CHECK(made.width == 20);
        CHECK(distance(made, sample, 0, 10) == 0);
        CHECK(distance(made, sample, 10, 20) > 1);
    }
}
