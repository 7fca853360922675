// The losses of style transfer on VGG-19 against an independent implementation, tests/golden/make_style_golden.py.
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "nets/form.h"
#include "tests/check.h"
#include "tests/env.h"
#include "tests/npy.h"
#include "tools/image/tensor.h"
#include "tools/search/noise.h"
#include "tools/techniques/style.h"

using namespace gradus;

namespace {

Image picture(int k, int height = 48, int width = 40) {
    Image image{.width = width, .height = height, .rgb = {}};
    for (int h = 0; h < height; ++h)
        for (int w = 0; w < width; ++w)
            for (int c = 0; c < 3; ++c)
                image.rgb.push_back(
                    static_cast<float>(0.5 + 0.4 * std::sin(0.23 * h + 0.11 * w * (c + 1) + c + 2.1 * k)));
    return image;
}

StyleOptions options_of(const std::string& name) {
    StyleOptions o;
    if (name == "gatys") {
        o.content = ContentDistance::gatys;
        o.style = StyleDistance::gatys;
        o.content_weight = 1;
        o.style_weight = 200;
        o.tv_weight = 0;
    } else if (name == "moments") {
        o.style = StyleDistance::moments;
        o.content_weight = o.tv_weight = 0;
        o.style_weight = 1;
    } else if (name == "wasserstein") {
        o.style = StyleDistance::wasserstein;
        o.content_weight = 0;
        o.style_weight = 1;
        o.tv = {.kind = TvKind::nine_point};
        o.tv_weight = 2;
    }
    return o;
}

struct Measured {
    double loss = 0;
    Tensor gradient;
};

Measured measure(const Net& net, const StyleOptions& o, const PlanOptions& plans) {
    const DType type = o.search.activations;
    const Objective wanted =
        style_objective(style_targets(net, picture(1), 48, {{.picture = picture(2, 48, 36)}}, o, plans), o);
    Graph g;
    const Var x = g.leaf(type == DType::f64 ? tensor_of(picture(0)).to(type) : tensor_of(picture(0)));
    const Layers layers = net.record(x, {.activations = type, .wanted = wanted.layers()});
    const Scene scene({.picture = x, .input = x, .step = g.leaf(whole_number(0)), .layers = layers});
    const Var total = record(wanted, scene).total, slope = grad(total, {x})[0];
    Plan plan(g, {total, slope}, plans);
    plan.poison();
    plan.run();
    return {-plan.number(total), plan.read(slope)};
}

double cosine(const Tensor& a, const Tensor& b) {
    const Tensor x = a.to(DType::f64), y = b.to(DType::f64);
    double xy = 0, xx = 0, yy = 0;
    for (std::size_t i = 0; i < x.values<double>().size(); ++i) {
        const double p = x.values<double>()[i], q = y.values<double>()[i];
        xy += p * q, xx += p * p, yy += q * q;
    }
    return -xy / std::sqrt(xx * yy);  // what a search climbs is minus the loss
}

}  // namespace

TEST_SUITE("style goldens") {
    TEST_CASE("losses and pixel gradients are those of PyTorch") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        const Net vgg19 = load_net("vgg19", *test::weights_dir() / "vgg19-conv.safetensors");
        std::ifstream in(std::filesystem::path(GRADUS_SOURCE_DIR) / "tests/golden/style/values.json");
        const auto golden = nlohmann::json::parse(in);
        for (const std::string name : {"neural_style", "gatys", "moments", "wasserstein"}) {
            CAPTURE(name);
            const Net net = name == "gatys" ? with_table(vgg19, with_average_pools(vgg19.table())) : vgg19;
            const double loss = golden.at("values").at(name);
            const Tensor gradient = test::golden("style/" + name);
            StyleOptions o = options_of(name);
            o.search.activations = DType::f64;
            const Measured exact = measure(net, o, {.kernels = KernelFilter("reference")});
            CHECK(std::abs(exact.loss / loss - 1) <= 1e-7);
            CHECK(std::abs(1 - cosine(exact.gradient, gradient)) <= 1e-13);
            double difference = 0, size = 0;
            for (std::size_t i = 0; i < gradient.values<double>().size(); ++i) {
                difference += std::pow(exact.gradient.values<double>()[i] + gradient.values<double>()[i], 2);
                size += std::pow(gradient.values<double>()[i], 2);
            }
            CHECK(std::sqrt(difference / size) <= 1e-7);
            o.search.activations = DType::f32;
            const Measured fast = measure(net, o, {});
            CHECK(std::abs(fast.loss / loss - 1) <= 1e-5);
            CHECK(cosine(fast.gradient, gradient) >= 0.9999);
        }
    }
}
