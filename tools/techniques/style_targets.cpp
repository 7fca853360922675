#include "tools/techniques/style_targets.h"

#include <algorithm>

#include "engine/require.h"
#include "tools/image/tensor.h"
#include "tools/search/like.h"
#include "tools/search/mask.h"

namespace gradus {
namespace {

constexpr int least_side = 4;  // pixels

Layers recorded(Graph& g, const Net& net, const Image& picture, const std::vector<std::string>& layers,
                DType activations) {
    return net.record(g.leaf(tensor_of(picture)), {.activations = activations, .wanted = layers});
}

}  // namespace

std::map<std::string, Tensor> contents_of(const Net& net, const Image& picture, const std::vector<std::string>& layers,
                                          DType activations, const PlanOptions& plans) {
    Graph g;
    const Layers of = recorded(g, net, picture, layers, activations);
    std::vector<Var> outputs;
    for (const std::string& layer : layers) outputs.push_back(wide(of(layer)));
    Plan plan(g, outputs, plans);
    plan.run();
    std::map<std::string, Tensor> contents;
    for (std::size_t l = 0; l < layers.size(); ++l) contents[layers[l]] = plan.read(outputs[l]);
    return contents;
}

std::map<std::string, Style> styles_of(const Net& net, const Image& picture, const std::optional<Image>& part,
                                       const std::vector<std::string>& layers, DType activations,
                                       const PlanOptions& plans) {
    require(
        std::min(picture.width, picture.height) >= least_side,
        "style: was given a style picture that is {}x{} at the size of the run, expected at least {} pixels each way: "
        "deep layers see nothing in less",
        picture.width, picture.height, least_side);
    Graph g;
    const Layers of = recorded(g, net, picture, layers, activations);
    std::vector<RecordedStyle> recorded;
    std::vector<Var> outputs;
    for (const std::string& layer : layers) {
        Var x = wide(of(layer));
        require(x.shape().rank() == 4, "{}: has no places, so no style; expected a layer that has", layer);
        std::optional<Var> places;
        if (part) places = g.leaf(mask_for(*part, x.shape(), x.dtype()));
        recorded.push_back(record_style(x, places));
        outputs.insert(outputs.end(), {recorded.back().gram, recorded.back().mean});
    }
    Plan plan(g, outputs, plans);
    plan.run();
    std::map<std::string, Style> styles;
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const Tensor mean = plan.read(recorded[l].mean).to(DType::f64),
                     flat = plan.read(recorded[l].gram).to(DType::f64);
        const std::int64_t C = mean.shape()[0];
        styles[layers[l]] = {Tensor(Spec(Shape{C, C}, DType::f64), flat.data(), std::make_shared<Tensor>(flat)), mean};
    }
    return styles;
}

}  // namespace gradus
