#include "tools/train/training_state.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/in_quotes.h"
#include "engine/require.h"

namespace gradus {
namespace {

using Named = std::vector<std::pair<std::string, Tensor>>;

constexpr const char* progress_name = "progress";

/// All that changes from step to step, but the progress. Handles: what is written into them is the training's.
Named tensors_of(TrainedNet& net, TrainingState& state) {
    Named all;
    const auto add = [&all](const std::string& prefix, std::map<std::string, Tensor>& tensors) {
        for (auto& [name, tensor] : tensors) all.push_back({prefix + name, tensor});
    };
    add("net/", net.parameters());
    add("moments/", net.moments());
    add("speed/", state.speed);
    for (auto& [name, adam] : state.adam) {
        all.push_back({"adam.mean/" + name, adam.mean});
        all.push_back({"adam.square/" + name, adam.square});
        all.push_back({"adam.steps/" + name, adam.steps});
    }
    add("average/", state.average);
    add("average.moments/", state.average_moments);
    return all;
}

void require_finite(const SearchState& from, const std::string& name, const Tensor& tensor) {
    if (tensor.dtype() == DType::i32) return;
    const Tensor numbers = tensor.to(DType::f32);
    require(std::ranges::all_of(numbers.values<float>(), [](float v) { return std::isfinite(v); }),
            "{}: tensor {} has a value that is NaN or infinite", from.origin, in_quotes(name));
}

}  // namespace

SearchState training_state(TrainedNet& net, TrainingState& state, const TrainingProgress& progress) {
    SearchState saved;
    Tensor where{Spec(Shape{2}, DType::i32)};
    where.values_to_write<std::int32_t>()[0] = progress.epoch;
    where.values_to_write<std::int32_t>()[1] = progress.batch;
    saved.tensors.push_back({progress_name, where});
    for (const auto& [name, tensor] : tensors_of(net, state)) saved.tensors.push_back({name, copy_of(tensor)});
    return saved;
}

TrainingProgress restore_training(TrainedNet& net, TrainingState& state, const SearchState& from) {
    Named own = tensors_of(net, state);
    require(from.tensors.size() == own.size() + 1, "{}: found {} tensors, expected the {} of the training asked for",
            from.origin, from.tensors.size(), own.size() + 1);
    for (const auto& [name, tensor] : own) require_finite(from, name, from.get(name, tensor.spec()));
    const Tensor& where = from.get(progress_name, Spec(Shape{2}, DType::i32));
    const TrainingProgress progress{where.values<std::int32_t>()[0], where.values<std::int32_t>()[1]};
    require(progress.epoch >= 0 && progress.batch >= 0, "{}: found epoch {} and batch {}, expected 0 or more",
            from.origin, progress.epoch, progress.batch);
    for (auto& [name, tensor] : own)
        std::memcpy(tensor.writable(), from.get(name, tensor.spec()).data(), tensor.spec().bytes());
    return progress;
}

}  // namespace gradus
