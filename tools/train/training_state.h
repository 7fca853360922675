#pragma once
#include <vector>

#include "tools/search/search_state.h"
#include "tools/train/epoch_report.h"
#include "tools/train/train_step.h"

namespace gradus {

/// So many epochs are over, with these reports, and so many batches of the one that comes then.
struct TrainingProgress {
    int epoch = 0, batch = 0;
    std::vector<EpochReport> reports = {};
    EpochSums sums = {};
};

/// Everything that a training of the same options needs to go on from here with the same bytes: the net's numbers, what
/// the optimizer remembers, averages, where it is. What a batch holds follows from that. `steps`: done in all.
SearchState training_state(TrainedNet& net, TrainingState& state, const TrainingProgress& progress, int steps);

/// Goes on from such a state, which may come from anybody.
///
/// throws    "run.ckpt: found no tensor ..."; for names, types, shapes and values that no such training leaves
TrainingProgress restore_training(TrainedNet& net, TrainingState& state, const SearchState& from);

}  // namespace gradus
