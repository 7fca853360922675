#include "ops/resize.h"

#include <cmath>
#include <tuple>

#include "ops/taps.h"
#include "tests/golden_op.h"

using namespace gradus;

namespace {

void check_row(ResizeKind kind, const std::vector<float>& expected) {
    Graph g;
    const Tensor x({1, 1, 11, 1}, {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5});
    const Tensor y = value(resize(g.leaf(x), 1, static_cast<int>(expected.size()), kind));
    CHECK(test::relative_error(y, Tensor(y.shape(), expected)) <= 2e-7);
}

constexpr ResizeKind kinds[] = {ResizeKind::bilinear, ResizeKind::antialias, ResizeKind::lanczos};

}  // namespace

TEST_SUITE("resize") {
    TEST_CASE("plain bilinear agrees with PyTorch") {
        test::check_golden("resize_up", [](Var x) { return resize(x, 11, 9); });
        test::check_golden("resize_down", [](Var x) { return resize(x, 4, 3); });
    }
    TEST_CASE("antialias and lanczos agree with Pillow") {
        // Pillow 13.0.0, Image.fromarray(x, mode="F").resize((n, 1), BILINEAR or LANCZOS)
        check_row(ResizeKind::antialias,
                  {2.277777671813965f, 4.233333110809326f, 5.0333333015441895f, 4.314815044403076f});
        check_row(ResizeKind::antialias,
                  {3.0f, 2.058823585510254f, 1.3529411554336548f, 3.2941176891326904f, 2.7647058963775635f,
                   1.2352941036224365f, 3.8235294818878174f, 6.411764621734619f, 9.0f, 4.470588207244873f,
                   3.1764705181121826f, 5.764705657958984f, 5.411764621734619f, 4.529411792755127f, 3.2352941036224365f,
                   4.058823585510254f, 5.0f});
        check_row(ResizeKind::lanczos,
                  {1.9957444667816162f, 4.256483554840088f, 5.346260070800781f, 4.163425445556641f});
        check_row(ResizeKind::lanczos,
                  {3.2831549644470215f, 1.8168597221374512f, 1.186039686203003f, 3.7231132984161377f,
                   2.914656162261963f, 0.9706974029541016f, 3.0629546642303467f, 7.509541988372803f, 9.0f,
                   4.055083751678467f, 2.1810758113861084f, 5.761141300201416f, 6.205888748168945f, 4.273090362548828f,
                   2.975457191467285f, 3.994163990020752f, 5.253353118896484f});
    }
    TEST_CASE("weights add up to one, so that a flat picture stays flat") {
        for (const ResizeKind kind : kinds)
            for (const auto& [from, to] :
                 {std::pair{1, 1}, std::pair{1, 7}, std::pair{7, 1}, std::pair{1024, 731}, std::pair{5, 64}}) {
                const TapTable taps = resize_taps(from, to, kind);
                for (std::size_t i = 0; i < taps.first.size(); ++i) {
                    double sum = 0;
                    for (std::int64_t k = 0; k < taps.width; ++k)
                        sum += taps.weights[i * static_cast<std::size_t>(taps.width) + static_cast<std::size_t>(k)];
                    CHECK(std::abs(sum - 1) <= 1e-14);
                    CHECK(taps.first[i] >= 0);
                    CHECK(taps.first[i] + taps.count[i] <= from);
                }
            }
    }
    TEST_CASE("the same size is the same picture") {
        Graph g;
        const Tensor x = test::noise_tensor({1, 9, 13, 3});
        for (const ResizeKind kind : {ResizeKind::bilinear, ResizeKind::antialias})
            CHECK(test::relative_error(value(resize(g.leaf(x), 9, 13, kind)), x) == 0);
        CHECK(test::relative_error(value(resize(g.leaf(x), 9, 13, ResizeKind::lanczos)), x) <= 1e-7);
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const ResizeKind kind : kinds)
            for (const auto& [shape, height, width] :
                 {std::tuple{Shape{2, 7, 5, 3}, 11, 9}, std::tuple{Shape{2, 7, 5, 3}, 3, 2},
                  std::tuple{Shape{1, 1, 1, 9}, 4, 3}, std::tuple{Shape{1, 8, 9, 4}, 1, 1},
                  std::tuple{Shape{1, 61, 47, 3}, 44, 34}, std::tuple{Shape{1, 6, 7, 35}, 9, 5},
                  std::tuple{Shape{1, 40, 9, 1}, 3, 50}, std::tuple{Shape{2, 5, 6, 16}, 7, 9}})
                test::check_op(
                    {.name = "resize " + to_string(shape),
                     .shapes = {shape},
                     .f = [&, h = height, w = width](const std::vector<Var>& in) { return resize(in[0], h, w, kind); },
                     .sum_length = 36,
                     .bf16 = false});
    }
    TEST_CASE("refuses a picture without pixels") {
        Graph g;
        const Var x = g.leaf(Tensor({1, 1, 1, 1}, {1}));
        test::check_refuses([&] { resize(x, 0, 5); }, "resize: was asked for 0 x 5 of f32 (1, 1, 1, 1)");
        test::check_refuses([&] { resize(g.leaf(Tensor({2}, {1, 2})), 5, 5); }, "expected (N,H,W,C)");
    }
}
