#include "tools/cli/objective_context.h"

#include <algorithm>

#include "engine/nearest.h"
#include "ops/cast.h"
#include "ops/resize.h"
#include "tools/cli/named_class.h"
#include "tools/image/resized.h"
#include "tools/image/tensor.h"
#include "tools/search/mask.h"
#include "tools/techniques/style_layers.h"
#include "tools/techniques/style_targets.h"

namespace gradus {

LanguageContext objective_context(const Net& net, int height, int width, DType activations, const PlanOptions& plans) {
    const std::vector<std::string> layers = net.layer_names();
    return {
        .class_named = [net](const std::string& name) { return named_class(net, name).channel; },
        .picture = [](const std::string& file) { return load_image(file); },
        .mask = [](const std::string& file) { return load_mask(file, 0, 0, ""); },
        .code =
            [=](const std::string& layer, const Image& picture) {
                Graph g;
                Var x = g.leaf(tensor_of(picture));
                if (picture.height != height || picture.width != width)
                    x = resize(x, height, width, ResizeKind::antialias);
                if (layer == "picture" || layer == "input") return value(x, plans);
                Var code = net.record(x, {.activations = activations, .wanted = {layer}})(layer);
                return value(cast(code, DType::f32), plans);
            },
        .style =
            [=](const std::vector<std::string>& wanted, const Image& picture, bool own_size) {
                const int side = std::max(own_size ? picture.height : height, own_size ? picture.width : width);
                return styles_of(net, with_longer_side(picture, side, plans.threads), {}, wanted,
                                 {.activations = activations}, plans);
            },
        .style_layers = [table = net.table()] { return usual_style_layers(table).style; },
        .is_layer =
            [layers](const std::string& name) { return std::find(layers.begin(), layers.end(), name) != layers.end(); },
        .nearest_layers = [layers](const std::string& name) { return nearest(name, layers); },
    };
}

}  // namespace gradus
