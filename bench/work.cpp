#include "bench/work.h"

#include <algorithm>
#include <numeric>

#include "bench/net.h"
#include "bench/op_alone.h"
#include "nets/seeded_weights.h"
#include "ops/conv2d.h"
#include "ops/resize.h"
#include "tools/image/tensor.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/search.h"
#include "tools/techniques/dream.h"
#include "tools/techniques/style.h"
#include "tools/train/train_step.h"

namespace gradus::bench {
namespace {

constexpr int side = 224;

}  // namespace

std::vector<Conv2dLayer> vgg16_layers() {
    const Net net = net_of("vgg16");
    std::vector<Conv2dLayer> layers;
    std::int64_t size = side, channels = 3;
    for (const LayerRow& row : net.table().rows) {
        if (row.kind == LayerKind::max_pool) size /= 2;
        if (row.kind != LayerKind::conv) continue;
        const Tensor w = net.weights().tensor(row.name + ".weight", {row.channels, channels, 3, 3});
        const Tensor b = net.weights().tensor(row.name + ".bias", {row.channels});
        layers.push_back({row.name, size, channels, row.channels, w, b});
        channels = row.channels;
    }
    return layers;
}

Work vgg16_convs(DType dtype, int threads, Passes passes) {
    struct Plans {
        std::vector<Plan> forward, gradient;
    };
    const auto plans = std::make_shared<Plans>();
    const auto arena = std::make_shared<Arena>();  // a layer's result takes the place of the last one's, as in the peer
    for (const Conv2dLayer& layer : vgg16_layers()) {
        Graph g;
        Var x = g.leaf(noise({1, layer.side, layer.side, layer.C}, dtype));
        Var y = conv2d(x, g.leaf(layer.w), g.leaf(layer.b), {.pad = 1});
        if (passes != Passes::gradient)
            plans->forward.push_back(OpAlone(g, "conv2d", {.threads = threads}).plan({}, arena));
        const std::string op = record_gradient(g, y, x);
        if (passes != Passes::forward) plans->gradient.push_back(OpAlone(g, op, {.threads = threads}).plan({}, arena));
    }
    return [plans] {
        for (Plan& plan : plans->forward) plan.run();
        for (Plan& plan : plans->gradient) plan.run();
    };
}

Work net_gradient(const std::string& name, const std::string& layer, DType dtype, int threads) {
    Graph g;
    Var x = g.leaf(noise({1, side, side, 3}));
    Var y = net_of(name).record(x, {.activations = dtype})(layer);
    const auto plan = std::make_shared<Plan>(g, energy_and_gradient(y, x), PlanOptions{.threads = threads});
    return [plan] { plan->run(); };
}

Work visualize_steps(int steps, DType dtype, int threads) {
    const SearchOptions options{
        .written = fourier(), .transforms = {robust()}, .optimizer = adam(), .steps = steps, .activations = dtype};
    const auto search =
        std::make_shared<Search>(net_of("googlenet"), std::vector<Objective>{channel("inception_4c/output", 5)}, side,
                                 side, options, PlanOptions{.threads = threads});
    return [search] { search->run(); };
}

Work style_steps(int steps, DType dtype, int threads) {
    constexpr int size = 512;
    StyleOptions o;
    o.steps = {steps};
    o.search.optimizer = adam(0.02);
    o.search.activations = dtype;
    const auto random = [](unsigned seed) {
        Image picture{.width = size, .height = size, .rgb = {}};
        const Tensor values = noise({1, size, size, 3}, DType::f32, seed);
        for (const float v : values.values<float>()) picture.rgb.push_back((v + 1) / 2);
        return picture;
    };
    const PlanOptions plans{.threads = threads};
    const Net net = net_of("vgg19");
    const StyleTargets targets = style_targets(net, random(2), size, {{.picture = random(3)}}, o, plans);
    const auto search = std::make_shared<Search>(style_search(net, targets, size, size, o, 0, plans));
    search->start_from(0, random(1));
    return [search] { search->run(); };
}

Work training_step(DType dtype, int threads) {
    constexpr int batch = 64, size = 64;
    TrainedNet net(net_table("mini"), seeded_weights(), {.activations = dtype});
    TrainingState state(net, {.smoothing = 0.1});
    const auto step =
        std::make_shared<TrainStep>(net, state, Shape{batch, size, size, 3}, 1, false, PlanOptions{.threads = threads});
    const Tensor pictures = noise({batch, size, size, 3});
    std::ranges::transform(pictures.values<float>(), step->pictures().values_to_write<float>().begin(),
                           [](float v) { return (v + 1) / 2; });
    const auto labels = step->labels().values_to_write<std::int32_t>();
    std::iota(labels.begin(), labels.end(), 0);
    return [step] {
        step->gradients(0);
        if (step->finite()) step->move(0.01f);
    };
}

Work whole_dream(const std::string& file, int width, DType dtype, int threads) {
    Image photo = load_image(file);
    if (photo.width != width) {
        const auto height = static_cast<int>(static_cast<double>(photo.height) * width / photo.width + 0.5);
        Graph g;
        photo = image_of(value(resize(g.leaf(tensor_of(photo)), height, width, ResizeKind::lanczos)));
    }
    return [net = net_of("googlenet"), photo, dtype, threads] {
        dream(net, photo, {.activations = dtype}, {.threads = threads, .arena = std::make_shared<Arena>()});
    };
}

}  // namespace gradus::bench
