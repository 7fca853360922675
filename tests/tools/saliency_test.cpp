// Every method on nets small enough to check: against the formula, against differences, against the same by hand.
#include "tools/techniques/saliency.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "tests/check.h"
#include "tests/env.h"
#include "tests/error.h"
#include "tests/tools/tiny_nets.h"
#include "tools/techniques/grad_cam.h"
#include "tools/techniques/integrated_gradients.h"
#include "tools/techniques/net_picture.h"
#include "tools/techniques/smooth_grad.h"
#include "tools/techniques/values.h"

using namespace gradus;

namespace {

Tensor picture(int height, int width, unsigned seed = 1) {
    Tensor x = test::noise_tensor({1, height, width, 3}, seed);
    for (float& v : x.values_to_write<float>()) v = 0.5f + 0.4f * v;
    return x;
}

NetRun running(const Net& net, int threads = 1, Device& device = cpu_device()) {
    return {net, DType::f32, {.device = &device, .threads = threads, .arena = std::make_shared<Arena>(device)}};
}

std::vector<float> numbers(const Tensor& t) { return {t.values<float>().begin(), t.values<float>().end()}; }

double dot(const Tensor& a, const Tensor& b) {
    return std::inner_product(a.values<float>().begin(), a.values<float>().end(), b.values<float>().begin(), 0.0);
}

/// out = R - G + relu(B - 2) at each pixel; the last ReLU is closed for every picture.
Net signs_net() {
    Rows rows;
    rows.conv(rows.relu(rows.conv("data", "conv", 3), "relu"), "out", 1);
    return test::toy_net(
        std::move(rows), "out",
        {{"conv.weight", {1, 0, 0, 0, 1, 0, 0, 0, 1}}, {"conv.bias", {0, 0, -2}}, {"out.weight", {1, -1, 1}}});
}

/// The score is the mean over the picture of 3 R - G.
Net mean_net() {
    Rows rows;
    const std::string x = rows.relu(rows.conv("data", "conv", 2), "relu");
    rows.linear(rows.global_average(x, "mean"), "score", 1);
    return test::toy_net(std::move(rows), "score", {{"conv.weight", {1, 0, 0, 0, 1, 0}}, {"score.weight", {3, -1}}});
}

}  // namespace

TEST_SUITE("saliency") {
    TEST_CASE("the gradient agrees with central differences along random directions") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(14, 18);
        for (const Unit& unit : {class_unit(run.net, 2), Unit{"relu2", 3, 2, 4}, Unit{"conv1", 5, 13, 0}}) {
            const Tensor gradient = unit_gradient(run, unit, x);
            CHECK(dot(gradient, gradient) > 0);
            for (const unsigned seed : {11u, 12u, 13u}) {
                constexpr double step = 1e-5;  // few ReLUs and maxima change sides so near
                const Tensor along = test::noise_tensor(x.shape(), seed);
                const auto moved = [&](double by) {
                    Tensor at = x.to(DType::f64);
                    const auto to = at.values_to_write<double>();
                    for (std::size_t i = 0; i < to.size(); ++i)
                        to[i] += by * static_cast<double>(along.values<float>()[i]);
                    Graph graph;
                    const Layers layers = run.net.record(graph.leaf(at), {.activations = DType::f64});
                    return value(unit_values(layers, unit)).values<double>()[0];
                };
                const double slope = (moved(step) - moved(-step)) / (2 * step);
                CHECK(dot(gradient, along) == doctest::Approx(slope).epsilon(1e-3));
            }
        }
    }
    TEST_CASE("guided backpropagation drops what speaks against, deconvnet does not look at what is closed") {
        const NetRun run = running(signs_net());
        const Tensor x = picture(3, 3);
        const Unit unit{"out", 0, 1, 1};
        const auto at_center = [&](ReluRule rule) {
            const std::vector<float> all = numbers(unit_gradient(run, unit, x, rule));
            for (std::size_t i = 0; i < all.size(); ++i)
                if (i / 3 != 4) CHECK(all[i] == 0);
            return std::vector<float>(all.begin() + 12, all.begin() + 15);
        };
        CHECK(at_center(ReluRule::plain) == std::vector<float>{1, -1, 0});
        CHECK(at_center(ReluRule::guided) == std::vector<float>{1, 0, 0});
        CHECK(at_center(ReluRule::deconvnet) == std::vector<float>{1, 0, 1});
    }
    TEST_CASE("gradient x input is just that, from the baseline on") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(12, 12);
        const Unit unit = class_unit(run.net, 1);
        const Tensor gradient = unit_gradient(run, unit, x);
        SaliencyOptions o;
        CHECK(numbers(saliency_map(run, unit, x, SaliencyMethod::gradient_x_input, o).values) ==
              numbers(product(gradient, x)));
        o.baseline = Baseline::mean;  // given as BGR
        const std::vector<float> map = numbers(saliency_map(run, unit, x, SaliencyMethod::gradient_x_input, o).values);
        const float mean[] = {123 / 255.0f, 117 / 255.0f, 104 / 255.0f};
        for (std::size_t i = 0; i < map.size(); ++i)
            CHECK(map[i] == doctest::Approx(gradient.values<float>()[i] * (x.values<float>()[i] - mean[i % 3])));
    }
    TEST_CASE("integrated gradients sum to what the unit gains, whatever the baseline") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(16, 16);
        for (const Baseline which : {Baseline::black, Baseline::mean, Baseline::blur})
            for (const Unit& unit : {class_unit(run.net, 0), class_unit(run.net, 3), Unit{"conv2", 1, 4, 4}}) {
                const IntegratedGradients result =
                    integrated_gradients(run, unit, x, baseline_of(x, which, run.net), 100);
                CHECK(result.sum == doctest::Approx(result.difference).epsilon(0.01));
                CHECK(std::abs(result.difference) > 1e-3);
            }
    }
    TEST_CASE("the samples of integrated gradients lie in the middle of equal parts, however they are batched") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(8, 8), black = zeros(x.shape());
        const Unit unit = class_unit(run.net, 2);
        for (const int samples : {1, 7, 12, 22}) {
            std::vector<double> sum(static_cast<std::size_t>(x.shape().size()), 0.0);
            for (int i = 0; i < samples; ++i) {
                Tensor between(x.spec());
                for (std::size_t v = 0; v < sum.size(); ++v)
                    between.values_to_write<float>()[v] =
                        x.values<float>()[v] * (static_cast<float>(i) + 0.5f) / static_cast<float>(samples);
                const Tensor gradient = unit_gradient(run, unit, between);
                for (std::size_t v = 0; v < sum.size(); ++v)
                    sum[v] += static_cast<double>(x.values<float>()[v] * gradient.values<float>()[v]) / samples;
            }
            const Tensor by_hand(x.shape(), std::vector<float>(sum.begin(), sum.end()));
            CHECK(test::relative_error(integrated_gradients(run, unit, x, black, samples).map, by_hand) < 1e-5);
        }
    }
    TEST_CASE("batches divide the samples, and are smaller for larger pictures") {
        CHECK(batch_of(100, {1, 224, 224, 3}) == 10);
        CHECK(batch_of(27, {1, 224, 224, 3}) == 9);
        CHECK(batch_of(13, {1, 224, 224, 3}) == 1);
        CHECK(batch_of(100, {1, 768, 768, 3}) == 2);
        CHECK(batch_of(100, {1, 4000, 3000, 3}) == 1);
        const NetRun run = running(test::tiny_net());
        const auto none = [&](int samples, int batch) {
            mean_gradient(run, class_unit(run.net, 0), samples, batch, {});
        };
        test::check_refuses([&] { none(0, 1); }, "found 0 samples");
        test::check_refuses([&] { none(10, 4); }, "found 10 samples, 4 a run");
    }
    TEST_CASE("SmoothGrad without noise is the gradient, and with noise the same for one seed") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(12, 16);
        const Unit unit = class_unit(run.net, 3);
        const Tensor gradient = unit_gradient(run, unit, x);
        const Tensor still = smooth_grad(run, unit, x, {.samples = 12, .sigma = 0});
        CHECK(test::relative_error(still, gradient) < 1e-6);
        const Tensor once = smooth_grad(run, unit, x, {.samples = 12, .seed = 5});
        CHECK(numbers(smooth_grad(run, unit, x, {.samples = 12, .seed = 5})) == numbers(once));
        CHECK(numbers(smooth_grad(run, unit, x, {.samples = 12, .seed = 6})) != numbers(once));
        CHECK(test::relative_error(once, gradient) > 0.05);
    }
    TEST_CASE("Grad-CAM of a linear classifier is the classifier at each place") {
        const NetRun run = running(mean_net());
        const Tensor x = picture(5, 4);
        const std::vector<float> map = numbers(grad_cam(run, class_unit(run.net, 0), x, "relu"));
        for (std::size_t i = 0; i < map.size(); ++i) {
            const float r = x.values<float>()[3 * i], g = x.values<float>()[3 * i + 1];
            CHECK(map[i] == doctest::Approx(std::max(0.0f, 3 * r - g) / 20));
        }
    }
    TEST_CASE("Grad-CAM looks at the last layer that has places") {
        const auto of_class = [](const char* net, int size) {
            return cam_layer(net_table(net), net_table(net).scores, size, size);
        };
        CHECK(of_class("googlenet", 224) == "inception_5b/output");
        CHECK(of_class("googlenet", 320) == "inception_5b/output");
        CHECK(of_class("vgg16", 224) == "relu5_3");
        CHECK(of_class("vgg19", 224) == "relu5_4");
        CHECK(of_class("squeezenet1_1", 227) == "relu_conv10");
        CHECK(of_class("lenet", 28) == "pool2");
        CHECK(cam_layer(net_table("googlenet"), "inception_4b/1x1", 224, 224) == "inception_4a/output");
        test::check_refuses([] { cam_layer(net_table("vgg16"), "conv1_1", 224, 224); }, "no layer lies between");
    }
    TEST_CASE("guided Grad-CAM is one times the other") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(12, 12);
        const Unit unit = class_unit(run.net, 2);
        const Tensor both = saliency_map(run, unit, x, SaliencyMethod::guided_grad_cam).values,
                     guided = unit_gradient(run, unit, x, ReluRule::guided), cam = grad_cam(run, unit, x, "relu2");
        for (std::size_t i = 0; i < both.values<float>().size(); ++i)
            CHECK(both.values<float>()[i] == guided.values<float>()[i] * cam.values<float>()[i / 3]);
    }
    TEST_CASE("occlusion is what running the net on each hidden picture says") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(13, 16), behind = baseline_of(x, Baseline::mean, run.net);
        const Unit unit = class_unit(run.net, 1);
        const Tensor map = occlusion(run, unit, x, behind, {.window = 6, .stride = 4});
        std::vector<double> lost(13 * 16, 0.0), times(13 * 16, 0.0);
        for (const int top : {0, 4, 7})
            for (const int left : {0, 4, 8, 10}) {
                Tensor hidden = repeated(x, 1);
                for (int i = top; i < top + 6; ++i)
                    for (int j = (i * 16 + left) * 3; j < (i * 16 + left + 6) * 3; ++j)
                        hidden.values_to_write<float>()[static_cast<std::size_t>(j)] =
                            behind.values<float>()[static_cast<std::size_t>(j)];
                const double loss = static_cast<double>(values_of_unit(run, unit, x)[0]) -
                                    static_cast<double>(values_of_unit(run, unit, hidden)[0]);
                for (int i = top; i < top + 6; ++i)
                    for (int j = left; j < left + 6; ++j) {
                        lost[static_cast<std::size_t>(i * 16 + j)] += loss;
                        times[static_cast<std::size_t>(i * 16 + j)] += 1;
                    }
            }
        for (std::size_t i = 0; i < lost.size(); ++i)
            CHECK(static_cast<double>(map.values<float>()[i]) ==
                  doctest::Approx(lost[i] / times[i]).epsilon(1e-4).scale(1e-2));
    }
    TEST_CASE("the square that hides is a seventh of the shorter side unless told") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(28, 30);
        const Unit unit = class_unit(run.net, 1);
        CHECK(numbers(occlusion(run, unit, x, zeros(x.shape()))) ==
              numbers(occlusion(run, unit, x, zeros(x.shape()), {.window = 4, .stride = 2})));
    }
    TEST_CASE("every method gives the same bytes on one thread and on two, and the same map on cuda-on-cpu") {
        const Net net = test::tiny_net();
        const Tensor x = picture(16, 16);
        SaliencyOptions o;
        o.samples = 4;
        o.occlusion = {.window = 8, .stride = 4};
        for (const std::string& name : saliency_methods()) {
            CAPTURE(name);
            const auto map = [&](const NetRun& run) {
                return saliency_map(run, class_unit(net, 1), x, saliency_method(name), o).values;
            };
            const Tensor once = map(running(net, 1));
            CHECK(numbers(map(running(net, 2))) == numbers(once));
            CHECK(test::relative_error(map(running(net, 1, cuda_on_cpu_device())), once) < 1e-5);
            CHECK(dot(once, once) > 0);
        }
    }
    TEST_CASE("a watcher hears how many samples are taken, on a GPU too") {
        const Net net = test::tiny_net();
        const Tensor x = picture(16, 16);
        SaliencyOptions o;
        o.samples = 20;
        o.occlusion = {.window = 8, .stride = 4};
        using Heard = std::vector<std::pair<int, int>>;
        for (Device* device : {&cpu_device(), &cuda_on_cpu_device()}) {
            NetRun run = running(net, 1, *device);
            const auto heard = [&](SaliencyMethod method) {
                Heard all;
                run.watch = [&](int taken, int samples) { all.push_back({taken, samples}); };
                saliency_map(run, class_unit(net, 1), x, method, o);
                return all;
            };
            CHECK(heard(SaliencyMethod::integrated_gradients) == Heard{{0, 20}, {10, 20}, {20, 20}});
            CHECK(heard(SaliencyMethod::smoothgrad) == Heard{{0, 20}, {10, 20}, {20, 20}});
            CHECK(heard(SaliencyMethod::occlusion) == Heard{{0, 9}, {9, 9}});
            CHECK(heard(SaliencyMethod::gradient).empty());
        }
    }
    TEST_CASE("bf16 draws nearly the same maps") {
        const Net net = test::tiny_net();
        const Tensor x = picture(16, 16);
        for (const auto method : {SaliencyMethod::gradient, SaliencyMethod::grad_cam, SaliencyMethod::occlusion}) {
            NetRun run = running(net);
            SaliencyOptions o;
            o.occlusion = {.window = 8, .stride = 4};
            const Tensor exact = saliency_map(run, class_unit(net, 1), x, method, o).values;
            run.activations = DType::bf16;
            const Tensor rounded = saliency_map(run, class_unit(net, 1), x, method, o).values;
            CHECK(dot(exact, rounded) > 0.98 * std::sqrt(dot(exact, exact) * dot(rounded, rounded)));
        }
    }
    TEST_CASE("what is left open of a unit is where the layer is strongest") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(10, 14);
        Graph graph;
        const Tensor layer = value(run.net.record(graph.leaf(x))("conv2"), run.plans);
        const auto at = [&](const Unit& u) {
            return layer.values<float>()[static_cast<std::size_t>((u.row * 7 + u.column) * 8 + u.channel)];
        };
        const auto values = layer.values<float>();
        const Unit free = strongest_unit(run, {"conv2"}, x);
        CHECK(at(free) == *std::max_element(values.begin(), values.end()));
        const Unit placed = strongest_unit(run, {"conv2", -1, 3, 5}, x), channel = strongest_unit(run, {"conv2", 6}, x);
        CHECK((placed.row == 3 && placed.column == 5 && channel.channel == 6));
        for (int i = 0; i < 8; ++i) CHECK(at(placed) >= at({"conv2", i, 3, 5}));
        for (int i = 0; i < 35; ++i) CHECK(at(channel) >= at({"conv2", 6, i / 7, i % 7}));
        CHECK(values_of_unit(run, channel, x)[0] == at(channel));
        const Unit middle = strongest_unit(run, {"conv2", -1, Unit::middle, Unit::middle}, x);
        CHECK((middle.row == 2 && middle.column == 3));
        CHECK(values_of_unit(run, {"conv2", middle.channel, Unit::middle, Unit::middle}, x)[0] == at(middle));
    }
    TEST_CASE("what is not there is refused with what is") {
        const NetRun run = running(test::tiny_net());
        const Tensor x = picture(12, 12);
        const auto gradient = [&](const Unit& unit) { unit_gradient(run, unit, x); };
        test::check_refuses([&] { gradient(class_unit(run.net, 4)); },
                            "channel 4 of scores, which has channels 0 to 3");
        test::check_refuses([&] { gradient({"relu3", 0, 0, 0}); }, "no layer \"relu3\"; the nearest are \"relu1\"");
        test::check_refuses([&] { gradient({"relu2", 0, 6, 0}); }, "which has rows 0 to 5 and columns 0 to 5");
        test::check_refuses([&] { gradient({"scores", 0, 1, 0}); }, "which has no places");
        test::check_refuses([&] { gradient({"relu2", 0}); }, "no position in relu2");
        test::check_refuses([&] { gradient({"relu2"}); }, "no channel of relu2 was given, expected 0 to 7");
        test::check_refuses([&] { grad_cam(run, {"conv1", 0, 0, 0}, x, "relu2"); }, "is not computed from relu2");
        test::check_refuses([&] { grad_cam(run, class_unit(run.net, 0), x, "relu9"); }, "no layer \"relu9\"");
        test::check_refuses([] { saliency_method("gradcam"); }, "the nearest is \"grad-cam\"");
        const auto hide = [&](OcclusionOptions o) { occlusion(run, class_unit(run.net, 0), x, x, o); };
        test::check_refuses([&] { hide({.window = 13, .stride = 1}); }, "expected 1 to 12 for a picture of 12 x 12");
        test::check_refuses([&] { hide({.window = 4, .stride = 5}); }, "a wider one leaves gaps");
        Image photo{.width = 30, .height = 20, .rgb = std::vector<float>(30 * 20 * 3, 0.5f)};
        test::check_refuses([&] { picture_for(photo, net_table("vgg16"), "fc8", 300); }, "expected 224");
    }
    TEST_CASE("GoogLeNet's integrated gradients sum to the score of the class (slow)") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        const NetRun run = running(load_net("googlenet", *test::weights_dir() / "googlenet.safetensors"), 2);
        const Image photo = load_image(*test::shared_dir() / "photos/n01443537_goldfish.jpg");
        const Tensor x = picture_for(photo, run.net.table(), "prob", 0).pixels;
        // By default: with 100 samples they are 2 % apart, since near black the gradient turns fast.
        const IntegratedGradients result =
            integrated_gradients(run, class_unit(run.net, 1), x, baseline_of(x, Baseline::black, run.net));
        CHECK(result.difference > 5);
        CHECK(result.sum == doctest::Approx(result.difference).epsilon(0.01));
    }
}
