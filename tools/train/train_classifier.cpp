#include "tools/train/train_classifier.h"

#include <chrono>
#include <cmath>
#include <numbers>

#include "engine/require.h"
#include "nets/seeded_weights.h"
#include "tools/train/stored_start.h"
#include "tools/train/training_state.h"

namespace gradus {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// What falls away of a sample does not depend on which process it comes to.
TrainingOptions for_this_process(const ClassifierOptions& o) {
    TrainingOptions own = o.training;
    own.seed = o.seed;
    own.first = o.rank * (o.batch / o.parts / o.ranks);
    return own;
}

class Training {
public:
    Training(const NetTable& table, const Dataset& training, const Dataset& held_out, const ClassifierOptions& o,
             const PlanOptions& plans)
        : training_(training),
          held_out_(held_out),
          options_(o),
          plans_(plans),
          start_(o.start ? start_from(*o.start, o.seed) : seeded_weights(o.seed)),
          net_(table, start_, for_this_process(o)),
          state_(net_, o.optimizer) {
        require(o.batch % (o.parts * o.ranks) == 0,
                "train: was given batches of {} pictures in {} parts for {} processes, expected a multiple of {}",
                o.batch, o.parts, o.ranks, o.parts * o.ranks);
        rows_ = o.batch / o.parts / o.ranks;
        batches_ = static_cast<int>(training.samples.size()) / o.batch;
        require(batches_ > 0, "train: was given {} pictures, expected at least one batch of {}",
                training.samples.size(), o.batch);
        if (!plans_.arena) plans_.arena = std::make_shared<Arena>(*plans_.device);
        if (!o.from.empty()) progress_ = restore_training(net_, state_, o.from);
    }

    TrainingResult run(const TrainingWatcher& watch) {
        const int steps = options_.epochs * batches_;
        bool going = true, finite = true;
        while (going && progress_.epoch < options_.epochs) {
            prepare(progress_.epoch);
            if (options_.start && options_.training.batch_norm && options_.from.empty() && progress_.epoch == 0)
                start_norms();
            loader_->start_at(progress_.epoch, progress_.batch * options_.parts);
            while (going && progress_.batch < batches_) {
                finite = step(steps);
                going = finite;
                if (!finite) break;
                ++progress_.batch;
                if (progress_.batch == batches_) finish_epoch();
                going = look(watch, steps);
                if (progress_.batch == 0) break;  // the next epoch
            }
        }
        const bool profiled = options_.profile && step_;
        return {.weights = folded(),
                .epochs = progress_.reports,
                .finished = progress_.epoch == options_.epochs,
                .finite = finite,
                .steps = progress_.epoch * batches_ + progress_.batch,
                .unreadable = unreadable_,
                .profile = profiled ? step_->report() : std::vector<StepReport>{},
                .timed_runs = profiled ? step_->timed_runs() : std::deque<TimedRun>{}};
    }

private:
    int size_of_epoch(int epoch) const {
        const auto next = options_.sizes.upper_bound(epoch);
        return next == options_.sizes.begin() ? net_.table().input.size : std::prev(next)->second;
    }

    LoaderOptions loader_options(int size) const {
        return {.size = size,
                .batch = options_.batch / options_.parts,
                .augment = options_.augment,
                .mixup = options_.mixup,
                .seed = options_.seed,
                .threads = options_.loader_threads,
                .memory = options_.memory,
                .rank = options_.rank,
                .ranks = options_.ranks};
    }

    /// Plans and loaders for the pictures of this epoch.
    void prepare(int epoch) {
        const int size = size_of_epoch(epoch);
        if (size == size_) return;
        size_ = size;
        loader_.reset();  // its pictures first
        step_.reset();
        loader_.emplace(training_, loader_options(size));
        step_.emplace(net_, state_, Shape{rows_, size, size, 3}, options_.parts, options_.mixup > 0, plans_);
        if (options_.profile) step_->profile();
    }

    /// Some batches, or all where there are fewer, say what the norms of a stored net are.
    void start_norms() {
        constexpr int most = 8;
        NormStart norms(net_, start_, step_->pictures(), plans_);
        loader_->start_at(0, 0);
        for (int part = 0; part < std::min(most, batches_ * options_.parts); ++part) {
            loader_->next(step_->pictures(), step_->labels(), step_->second_labels());
            norms.look();
        }
        norms.finish(net_, options_.mean);
        state_.restart_averages(net_);
    }

    /// One step along the gradient of one batch; false where it is not finite, and nothing has moved.
    bool step(int steps) {
        const auto start = Clock::now();
        const int now = progress_.epoch * batches_ + progress_.batch;
        double loss = 0;
        int right = 0;
        for (int part = 0; part < options_.parts; ++part) {
            const Loader::Batch batch = loader_->next(step_->pictures(), step_->labels(), step_->second_labels());
            step_->set_weight(batch.weight);
            step_->set_draw(now * options_.parts + part);
            const TrainStep::Outcome outcome = step_->gradients(part);
            loss += outcome.loss / options_.parts;
            right += outcome.right;
        }
        step_->exchange();
        if (options_.mean) {
            Tensor means(Shape{2}, {static_cast<float>(loss), static_cast<float>(right)});
            options_.mean(means);
            loss = static_cast<double>(means.values<float>()[0]);
            right = static_cast<int>(std::lround(means.values<float>()[1] * static_cast<float>(options_.ranks)));
        }
        loss_ = loss;
        if (!std::isfinite(loss) || !step_->finite()) return false;
        step_->move(static_cast<float>(rate_at(now, steps, options_.warm_up * batches_, options_.rate)));
        EpochSums& sums = progress_.sums;
        sums.loss += loss;
        sums.right += right;
        sums.samples += options_.batch;
        ++sums.batches;
        sums.seconds += seconds_since(start);
        return true;
    }

    void finish_epoch() {
        const EpochSums& sums = progress_.sums;
        EpochReport report{.epoch = progress_.epoch,
                           .loss = sums.loss / sums.batches,
                           .right = 100.0 * static_cast<double>(sums.right) / static_cast<double>(sums.samples),
                           .pictures_per_second = sums.pictures_per_second()};
        if (!held_out_.samples.empty() && options_.rank == 0) report.held_out = judge();
        progress_.reports.push_back(report);
        unreadable_ = loader_->unreadable();
        ++progress_.epoch;
        progress_.batch = 0;
        progress_.sums = {};
    }

    Accuracy judge() {
        const int size = net_.table().input.size;
        const int batch = std::min<int>(64, static_cast<int>(held_out_.samples.size()));
        Loader loader(
            held_out_,
            {.size = size, .batch = batch, .training = false, .threads = options_.loader_threads, .memory = 0});
        return evaluate(net_of(net_.table(), folded()), loader, Shape{batch, size, size, 3},
                        options_.training.activations, plans_);
    }

    std::map<std::string, Tensor> folded() {
        const bool averaged = options_.optimizer.average > 0;
        return net_.folded(averaged ? state_.average : net_.parameters(),
                           averaged ? state_.average_moments : net_.moments());
    }

    bool look(const TrainingWatcher& watch, int steps) {
        if (!watch) return true;
        const int done = progress_.epoch * batches_ + progress_.batch;
        const std::function<SearchState()> save = [&] { return training_state(net_, state_, progress_, done); };
        return watch({.epoch = progress_.epoch,
                      .batch = progress_.batch,
                      .batches = batches_,
                      .done = done,
                      .steps = steps,
                      .loss = loss_,
                      .pictures_per_second = progress_.sums.pictures_per_second(),
                      .epochs = progress_.reports,
                      .state = save});
    }

    const Dataset &training_, &held_out_;
    ClassifierOptions options_;
    PlanOptions plans_;
    Weights start_;
    TrainedNet net_;
    TrainingState state_;
    TrainingProgress progress_ = {};
    int rows_ = 0, batches_ = 0, size_ = 0;
    double loss_ = 0;
    std::vector<std::string> unreadable_ = {};
    std::optional<Loader> loader_ = {};
    std::optional<TrainStep> step_ = {};
};

}  // namespace

double rate_at(int step, int steps, double warm_up, double rate) {
    if (step + 1 < warm_up) return rate * (step + 1) / warm_up;
    const double way = (step + 1 - warm_up) / std::max(1.0, steps - warm_up);
    return rate * (1 + std::cos(std::numbers::pi * std::min(1.0, way))) / 2;
}

TrainingResult train_classifier(const NetTable& table, const Dataset& training, const Dataset& held_out,
                                const ClassifierOptions& options, const PlanOptions& plans,
                                const TrainingWatcher& watch) {
    return Training(table, training, held_out, options, plans).run(watch);
}

}  // namespace gradus
