// Whole nets on the CUDA kernels, as the processor runs them, against the processor's own kernels.
#include <doctest/doctest.h>

#include <cmath>

#include "kernels/cuda_on_cpu/emulation.h"
#include "nets/net.h"
#include "nets/seeded_weights.h"
#include "ops/reduce.h"
#include "tests/check.h"
#include "tests/env.h"
#include "tools/image/crop.h"
#include "tools/image/image.h"
#include "tools/image/tensor.h"
#include "tools/techniques/classify.h"
#include "tools/techniques/dream.h"

using namespace gradus;

namespace {

PlanOptions on(Device& device) { return {.device = &device, .threads = 2, .arena = std::make_shared<Arena>(device)}; }

/// The picture in the middle of a photograph.
Image part_of(const std::filesystem::path& photo, int width, int height) {
    return center_crop(load_image(photo), width, height);
}

double cosine(const Tensor& a, const Tensor& b) {
    double ab = 0, aa = 0, bb = 0;
    const auto x = a.values<float>(), y = b.values<float>();
    for (std::size_t i = 0; i < x.size(); ++i) {
        ab += static_cast<double>(x[i]) * static_cast<double>(y[i]);
        aa += static_cast<double>(x[i]) * static_cast<double>(x[i]);
        bb += static_cast<double>(y[i]) * static_cast<double>(y[i]);
    }
    return ab / std::sqrt(aa * bb);
}

/// Decibels of the peak signal over the mean square difference; pictures are 0..1.
double psnr(const Image& a, const Image& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        const double d = static_cast<double>(a.rgb[i]) - static_cast<double>(b.rgb[i]);
        sum += d * d;
    }
    return -10 * std::log10(sum / static_cast<double>(a.rgb.size()) + 1e-30);
}

}  // namespace

TEST_SUITE("nets on cuda-on-cpu") {
    TEST_CASE("GoogLeNet names the same five things as on the processor (slow)") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        const Net net = load_net("googlenet", *test::weights_dir() / "googlenet.safetensors");
        const Image photo = load_image(*test::shared_dir() / "photos/n01443537_goldfish.jpg");
        for (const DType activations : {DType::f32, DType::bf16}) {
            const auto here = Classifier(net, activations, on(cpu_device()))(photo, 5);
            const auto there = Classifier(net, activations, on(cuda_on_cpu_device()))(photo, 5);
            for (std::size_t i = 0; i < 5; ++i) {
                // In bf16, two processors round differently: what is nearly equally probable may change places.
                if (activations == DType::f32 || here[i].probability > 0.05f) CHECK(here[i].index == there[i].index);
                CHECK(here[i].probability ==
                      doctest::Approx(there[i].probability).epsilon(activations == DType::f32 ? 1e-3 : 0.1));
            }
        }
    }
    TEST_CASE("a gradient by the picture points where the processor's points (slow)") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        const Net net = load_net("googlenet", *test::weights_dir() / "googlenet.safetensors");
        const Image photo = part_of(*test::shared_dir() / "images/sky.jpg", 96, 80);
        const auto gradient = [&](Device& device) {
            Graph g;
            const Var x = g.leaf(tensor_of(photo));
            const Var loss = sum_squares(net.record(x)("inception_4c/output"));
            return value(grad(loss, {x})[0], on(device));
        };
        CHECK(cosine(gradient(cpu_device()), gradient(cuda_on_cpu_device())) > 0.9999);
    }
    TEST_CASE("three steps of a dream give the same picture (slow)") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        const Net net = load_net("googlenet", *test::weights_dir() / "googlenet.safetensors");
        const Image photo = part_of(*test::shared_dir() / "images/sky.jpg", 96, 80);
        DreamOptions o;
        o.octaves = 1;
        o.steps = 3;
        const DreamResult here = dream(net, photo, o, on(cpu_device()));
        const DreamResult there = dream(net, photo, o, on(cuda_on_cpu_device()));
        CHECK(psnr(here.picture, there.picture) > 45);
        CHECK(here.objectives[0].second == doctest::Approx(there.objectives[0].second).epsilon(1e-3));
    }
    TEST_CASE("a dream gives the same bytes on one thread and on two, and in every order of the imitated threads") {
        using kernels::emulation::Schedule;
        const Net net(net_table("googlenet"), seeded_weights());
        Image picture;
        picture.width = 40;
        picture.height = 32;
        for (const float v : test::noise(40 * 32 * 3)) picture.rgb.push_back(0.5f + 0.2f * v);
        DreamOptions o;
        o.layers = {{"pool2/3x3_s2", 1}};
        o.octaves = 2;
        o.steps = 2;
        o.jitter = 5;
        PlanOptions plans = on(cuda_on_cpu_device());
        const DreamResult once = dream(net, picture, o, plans);
        for (const auto& [first, last] : once.objectives) CHECK(last > first);
        plans.threads = 1;
        CHECK(dream(net, picture, o, plans).picture.rgb == once.picture.rgb);
        const Schedule usual = kernels::emulation::schedule();
        for (const auto order : {Schedule::Order::reverse, Schedule::Order::random}) {
            kernels::emulation::set_schedule({.order = order});
            CHECK(dream(net, picture, o, plans).picture.rgb == once.picture.rgb);
        }
        kernels::emulation::set_schedule(usual);
    }
}
