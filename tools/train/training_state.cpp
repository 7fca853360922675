#include "tools/train/training_state.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "engine/in_quotes.h"
#include "engine/require.h"

namespace gradus {
namespace {

using Named = std::vector<std::pair<std::string, Tensor>>;

constexpr const char* progress_name = "progress";
constexpr const char* history_name = "history";
constexpr const char* steps_name = "0/step";  // as searches call it: who shows checkpoints reads it

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

/// A row for each epoch that is over, and one for that which is not.
constexpr int columns = 6;

Tensor history_of(const TrainingProgress& progress) {
    Tensor history{Spec(Shape{std::ssize(progress.reports) + 1, columns}, DType::f64)};
    auto row = history.values_to_write<double>().begin();
    for (const EpochReport& r : progress.reports) {
        const Accuracy held_out = r.held_out.value_or(Accuracy{});
        row = std::ranges::copy(std::array<double, columns>{r.loss, r.right, r.pictures_per_second,
                                                            static_cast<double>(held_out.pictures),
                                                            static_cast<double>(held_out.first),
                                                            static_cast<double>(held_out.among_five)},
                                row)
                  .out;
    }
    const EpochSums& s = progress.sums;
    std::ranges::copy(std::array<double, columns>{s.loss, static_cast<double>(s.right), static_cast<double>(s.samples),
                                                  static_cast<double>(s.batches), s.seconds, 0},
                      row);
    return history;
}

void read_history(const Tensor& history, TrainingProgress& progress) {
    const std::span<const double> all = history.values<double>();
    const auto number = [&](int row, int column) { return all[static_cast<std::size_t>(row * columns + column)]; };
    const auto whole = [&](int row, int column) { return static_cast<int>(std::clamp(number(row, column), 0.0, 1e9)); };
    for (int i = 0; i < progress.epoch; ++i) {
        EpochReport r{.epoch = i, .loss = number(i, 0), .right = number(i, 1), .pictures_per_second = number(i, 2)};
        if (number(i, 3) > 0) r.held_out = Accuracy{whole(i, 3), whole(i, 4), whole(i, 5)};
        progress.reports.push_back(r);
    }
    const int last = progress.epoch;
    progress.sums = {number(last, 0), whole(last, 1), whole(last, 2), whole(last, 3), number(last, 4)};
}

}  // namespace

SearchState training_state(TrainedNet& net, TrainingState& state, const TrainingProgress& progress, int steps) {
    const auto whole = [](std::initializer_list<int> numbers) {
        Tensor t{Spec(Shape{std::ssize(numbers)}, DType::i32)};
        std::ranges::copy(numbers, t.values_to_write<std::int32_t>().begin());
        return t;
    };
    SearchState saved;
    saved.tensors.push_back({steps_name, whole({steps})});
    saved.tensors.push_back({progress_name, whole({progress.epoch, progress.batch})});
    saved.tensors.push_back({history_name, history_of(progress)});
    for (const auto& [name, tensor] : tensors_of(net, state)) saved.tensors.push_back({name, copy_of(tensor)});
    return saved;
}

TrainingProgress restore_training(TrainedNet& net, TrainingState& state, const SearchState& from) {
    Named own = tensors_of(net, state);
    require(from.tensors.size() == own.size() + 3, "{}: found {} tensors, expected the {} of the training asked for",
            from.origin, from.tensors.size(), own.size() + 3);
    for (const auto& [name, tensor] : own) require_finite(from, name, from.get(name, tensor.spec()));
    const Tensor& where = from.get(progress_name, Spec(Shape{2}, DType::i32));
    TrainingProgress progress{.epoch = where.values<std::int32_t>()[0], .batch = where.values<std::int32_t>()[1]};
    require(progress.epoch >= 0 && progress.epoch < 1'000'000 && progress.batch >= 0,
            "{}: found epoch {} and batch {}, expected 0 or more", from.origin, progress.epoch, progress.batch);
    const Tensor& history = from.get(history_name, Spec(Shape{progress.epoch + 1, columns}, DType::f64));
    require_finite(from, history_name, history);
    read_history(history, progress);
    for (auto& [name, tensor] : own)
        std::memcpy(tensor.writable(), from.get(name, tensor.spec()).data(), tensor.spec().bytes());
    return progress;
}

}  // namespace gradus
