#include "tools/techniques/top_patches.h"

#include <algorithm>

#include "engine/require.h"
#include "tools/image/tensor.h"
#include "tools/techniques/net_picture.h"
#include "tools/techniques/receptive_field.h"

namespace gradus {

TopPatches::TopPatches(NetRun run, Unit unit, int count)
    : run_(std::move(run)), unit_(std::move(unit)), count_(static_cast<std::size_t>(std::max(count, 1))) {
    const int size = run_.net.table().input.size;
    picture_ = Tensor(Spec(Shape{1, size, size, 3}));
    layer_ = run_.net.record(graph_.leaf(picture_, "picture"), {.activations = run_.activations})(unit_.layer);
    check_unit(unit_, layer_.shape());
    require(unit_.channel >= 0, "patches: no channel of {} was given, expected 0 to {}", unit_.layer,
            layer_.shape().channels() - 1);
    plan_ = std::make_unique<Plan>(graph_, std::vector<Var>{layer_}, run_.plans);
}

void TopPatches::look_at(const std::string& name, const Image& photo) {
    const Tensor pixels = middle_of(photo, run_.net.table().input.size, run_.plans).pixels;
    std::ranges::copy(pixels.values<float>(), picture_.values_to_write<float>().begin());
    run_(*plan_);
    const Tensor values = plan_->read(layer_).to(DType::f32);
    const auto [unit, activation] = strongest_in(values, unit_);
    if (patches_.size() == count_ && activation <= patches_.back().activation) return;
    const PixelBox box =
        receptive_box(run_.net.table(), unit, static_cast<int>(pixels.shape()[1]), static_cast<int>(pixels.shape()[2]));
    Patch patch{name, unit, activation, part_in(image_of(pixels), box)};
    const auto weaker = [](float value, const Patch& other) { return value > other.activation; };
    patches_.insert(std::upper_bound(patches_.begin(), patches_.end(), activation, weaker), std::move(patch));
    if (patches_.size() > count_) patches_.pop_back();
}

}  // namespace gradus
