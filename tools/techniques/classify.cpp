#include "tools/techniques/classify.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/require.h"
#include "ops/crop.h"
#include "ops/resize.h"
#include "tools/image/tensor.h"

namespace gradus {
namespace {

/// The shorter side before the crop: 256 for nets that see 224 or 227, as their authors had it. A net of digits sees
/// the whole picture.
int shorter_side(int size) { return size < 128 ? size : std::max(size, 256); }

Tensor center_crop(const Image& photo, int size, const PlanOptions& plans) {
    const double scale = shorter_side(size) / static_cast<double>(std::min(photo.width, photo.height));
    const int height = std::max(size, static_cast<int>(std::lround(photo.height * scale)));
    const int width = std::max(size, static_cast<int>(std::lround(photo.width * scale)));
    Graph g;
    Var x = g.leaf(tensor_of(photo));
    if (height != photo.height || width != photo.width) x = resize(x, height, width, ResizeKind::antialias);
    return value(crop(x, (height - size) / 2, (width - size) / 2, size, size), plans);
}

}  // namespace

Classifier::Classifier(const Net& net, DType activations, PlanOptions plans)
    : plans_(std::move(plans)), size_(net.table().input.size), picture_(Spec(Shape{1, size_, size_, 3})) {
    probabilities_ = net.record(graph_.leaf(picture_), {.activations = activations}).probabilities();
    plan_ = std::make_unique<Plan>(graph_, std::vector<Var>{probabilities_}, plans_);
}

std::vector<ClassProbability> Classifier::operator()(const Image& photo, int top) {
    const Tensor crop = center_crop(photo, size_, {.threads = plans_.threads});
    std::copy(crop.values<float>().begin(), crop.values<float>().end(), picture_.values_to_write<float>().begin());
    plan_->run();
    const Tensor result = plan_->read(probabilities_);
    const auto p = result.values<float>();
    std::vector<int> order(p.size());
    std::iota(order.begin(), order.end(), 0);
    const auto count = static_cast<std::ptrdiff_t>(std::min(p.size(), static_cast<std::size_t>(top)));
    std::partial_sort(order.begin(), order.begin() + count, order.end(), [&](int a, int b) {
        const float pa = p[static_cast<std::size_t>(a)], pb = p[static_cast<std::size_t>(b)];
        return pa != pb ? pa > pb : a < b;
    });
    std::vector<ClassProbability> best;
    for (auto i = order.begin(); i != order.begin() + count; ++i) best.push_back({*i, p[static_cast<std::size_t>(*i)]});
    return best;
}

}  // namespace gradus
