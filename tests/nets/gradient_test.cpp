// Whole nets against an independent implementation, tests/golden/make_golden.py: the gradient of half the mean square
// of a layer with respect to a picture of 64 x 64 pixels.
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/plan.h"
#include "nets/net.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/check.h"
#include "tests/env.h"
#include "tests/npy.h"

using namespace gradus;

namespace {

constexpr int size = 64;

/// The picture of the golden tensors.
Tensor golden_picture() {
    Tensor picture(Spec(Shape{1, size, size, 3}, DType::f64));
    const auto pixels = picture.values_to_write<double>();
    for (int h = 0; h < size; ++h)
        for (int w = 0; w < size; ++w)
            for (int c = 0; c < 3; ++c)
                pixels[static_cast<std::size_t>((h * size + w) * 3 + c)] =
                    0.5 + 0.4 * std::sin(0.23 * h + 0.11 * w * (c + 1) + c);
    return picture;
}

struct Golden {
    std::string layer, weights;
    double value = 0;
    Tensor gradient;

    explicit Golden(const std::string& net) {
        const std::filesystem::path folder = std::filesystem::path(GRADUS_SOURCE_DIR) / "tests" / "golden";
        std::ifstream in(folder / "golden.json");
        const auto record = nlohmann::json::parse(in).at("nets").at(net);
        layer = record.at("layer");
        weights = record.at("weights");
        value = record.at("value");
        const Tensor pixels = test::read_npy(folder / ("net_gradient_" + net + ".npy"));
        gradient = Tensor(Spec(Shape{1, size, size, 3}, DType::f64));
        std::ranges::copy(pixels.values<double>(), gradient.values_to_write<double>().begin());
    }
};

/// A net over the golden picture, in one precision.
struct Recorded {
    Graph graph;
    Tensor picture;
    Var objective = {}, gradient = {};

    Recorded(const Net& net, const std::string& layer, DType activations) {
        picture = golden_picture().to(activations == DType::f64 ? DType::f64 : DType::f32);
        const Var x = graph.leaf(picture, "picture");
        const Var a = net.record(x, {.activations = activations})(layer);
        objective = scale(sum_squares(a), 0.5 / static_cast<double>(a.shape().size()));
        gradient = grad(objective, {x})[0];
    }
};

double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

double cosine(const Tensor& a, const Tensor& b) {
    const Tensor x = a.to(DType::f64), y = b.to(DType::f64);
    const auto p = x.values<double>(), q = y.values<double>();
    return dot(p, q) / std::sqrt(dot(p, p) * dot(q, q));
}

/// Central differences of the objective along random directions, against the gradient.
void check_differences(const std::string& name, Recorded& r, const Tensor& gradient) {
    Plan forward(r.graph, {r.objective});
    const std::vector<double> at(r.picture.values<double>().begin(), r.picture.values<double>().end());
    const double norm = std::sqrt(dot(gradient.values<double>(), gradient.values<double>()));
    double worst = 0;
    for (unsigned direction = 0; direction < 8; ++direction) {
        const Tensor random = test::noise_tensor(r.picture.shape(), 100 + direction, DType::f64);
        const auto v = random.values<double>();
        const auto moved = [&](double by) {
            const auto pixels = r.picture.values_to_write<double>();
            for (std::size_t i = 0; i < at.size(); ++i) pixels[i] = at[i] + by * v[i];
            forward.run();
            return forward.number(r.objective);
        };
        const double step = 1e-7;  // small, or it steps over the kinks of ReLUs and maxima
        const double slope = (moved(step) - moved(-step)) / (2 * step);
        // Against the length of the gradient along that direction, were it spread over all of them evenly.
        const double error = std::abs(slope - dot(gradient.values<double>(), v)) /
                             (norm * std::sqrt(dot(v, v) / static_cast<double>(at.size())));
        worst = std::max(worst, error);
    }
    MESSAGE(name << ": central differences differ by " << worst << " at most");
    CHECK_MESSAGE(worst < 1e-5, name);
}

}  // namespace

TEST_SUITE("net gradients") {
    TEST_CASE("in f64 they are those of PyTorch, and of central differences") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        for (const std::string name : {"googlenet", "vgg16", "vgg19"}) {
            const Golden golden(name);
            const Net net = load_net(name, *test::weights_dir() / golden.weights);
            Recorded r(net, golden.layer, DType::f64);
            Plan plan(r.graph, {r.objective, r.gradient});
            plan.run();
            const Tensor gradient = plan.read(r.gradient);
            const double error = test::relative_error(gradient, golden.gradient);
            const double loss_error = std::abs(plan.number(r.objective) / golden.value - 1);
            MESSAGE(name << " f64: gradient differs by " << error << ", objective by " << loss_error);
            CHECK_MESSAGE(error < 1e-7, name);
            CHECK_MESSAGE(loss_error < 1e-7, name);  // the mean 103.939 is a float: off by 1e-8 of itself
            check_differences(name, r, gradient);
        }
    }
    TEST_CASE("in f32 they agree but for a few flips of ReLUs and maxima") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        for (const std::string name : {"googlenet", "vgg16", "vgg19"}) {
            const Golden golden(name);
            const Net net = load_net(name, *test::weights_dir() / golden.weights);
            Recorded r(net, golden.layer, DType::f32);
            Plan plan(r.graph, {r.objective, r.gradient});
            plan.poison();
            plan.run();
            const Tensor gradient = plan.read(r.gradient);
            const double error = test::relative_error(gradient, golden.gradient);
            const double loss_error = std::abs(plan.number(r.objective) / golden.value - 1);
            const double angle = cosine(gradient, golden.gradient);
            MESSAGE(name << " f32: gradient differs by " << error << ", cosine 1 - " << 1 - angle << ", objective by "
                         << loss_error);
            CHECK_MESSAGE(error < 1e-2, name);
            CHECK_MESSAGE(angle > 0.9999, name);
            CHECK_MESSAGE(loss_error < 1e-5, name);
        }
    }
    TEST_CASE("in bf16 they point the same way") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        for (const std::string name : {"googlenet", "vgg16", "vgg19"}) {
            const Golden golden(name);
            const Net net = load_net(name, *test::weights_dir() / golden.weights);
            Recorded r(net, golden.layer, DType::bf16);
            Plan plan(r.graph, {r.objective, r.gradient});
            plan.poison();
            plan.run();
            const double angle = cosine(plan.read(r.gradient), golden.gradient);
            const double loss_error = std::abs(plan.number(r.objective) / golden.value - 1);
            MESSAGE(name << " bf16: cosine " << angle << ", objective differs by " << loss_error);
            CHECK_MESSAGE(angle > 0.9, name);
            CHECK_MESSAGE(loss_error < 2e-2, name);
        }
    }
}
