#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/search/schedule.h"
#include "tools/search/search_state.h"
#include "tools/train/epoch_report.h"
#include "tools/train/train_step.h"

namespace gradus {

struct ClassifierOptions {
    TrainingOptions training = {};
    OptimizerOptions optimizer = {};
    AugmentOptions augment = {};
    std::map<int, int> sizes = {};  // pixels a side of a sample, from epoch ... on; empty: the net's own
    int epochs = 14;
    double rate = 0.4, warm_up = 2;  // at its highest; reached in so many epochs, then half a cosine down to 0
    int batch = 256, parts = 1;      // pictures, in so many parts one after the other
    double mixup = 0;
    std::optional<Net> start = {};  // a net of these layers that was trained before; not given: random numbers
    std::uint64_t seed = 0;
    int loader_threads = 2;
    std::size_t memory = std::size_t{2} << 30;  // of decoded pictures
    bool profile = false;                       // whether to time what a step is made of
    int rank = 0, ranks = 1;
    std::function<void(Tensor&)> mean = {};  // over the processes that share a batch; for one: empty
    SearchState from = {};                   // goes on there; empty: from the start
};

/// Where a training is; several batches may lie between two looks.
struct TrainingLook {
    int epoch = 0, batch = 0, batches = 0;  // of this epoch are done
    int done = 0, steps = 0;                // in all
    double loss = 0, pictures_per_second = 0;
    const std::vector<EpochReport>& epochs;  // that are over
    const std::function<SearchState()>& state;
};
/// Returns false to stop.
using TrainingWatcher = std::function<bool(const TrainingLook&)>;

struct TrainingResult {
    std::map<std::string, Tensor> weights;  // see TrainedNet::folded; averaged ones where an average was kept
    std::vector<EpochReport> epochs;
    bool finished = false, finite = true;  // whether it went to the end, and why not
    int steps = 0;
    std::vector<std::string> unreadable;  // a sentence each
    // Of the gradients of a part of a batch, where asked for, at the last size of pictures.
    std::vector<StepReport> profile = {};
    std::deque<TimedRun> timed_runs = {};
};

/// The step length at step `step` of `steps`: straight up to `rate` in the first `warm_up`, then half a cosine down.
///
/// paper     Goyal et al. 2017, Accurate, large minibatch SGD; Loshchilov & Hutter 2017, SGDR
double rate_at(int step, int steps, double warm_up, double rate);

/// Trains a classifier on pictures, from nothing or from where another training ended: stochastic gradient descent on
/// cross-entropy.
///
/// cost      epochs forward, input-gradient and weight-gradient passes over the pictures
/// throws    for pictures that do not fill a batch, options that make no sense, and states of other runs
TrainingResult train_classifier(const NetTable& table, const Dataset& training, const Dataset& held_out,
                                const ClassifierOptions& options, const PlanOptions& plans,
                                const TrainingWatcher& watch = {});

}  // namespace gradus
