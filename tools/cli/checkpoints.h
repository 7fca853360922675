#pragma once
#include <functional>
#include <string>

#include "tools/cli/options.h"
#include "tools/search/checkpoint.h"
#include "tools/search/search.h"

namespace gradus {

struct CheckpointFlags {
    std::string checkpoint = {}, resume = {};
    int checkpoint_every = 100;

    bool asked() const { return !checkpoint.empty() || !resume.empty(); }
};

void add_checkpoint_flags(Command& command, CheckpointFlags& flags);

/// Whether a checkpoint can be written where it is wanted: asked before a run starts.
void check_checkpoint(const CheckpointFlags& flags);

/// The checkpoints of a run: the one that it goes on from, and those that it leaves.
class Checkpoints {
public:
    /// `settings` shape the run, which consists of so many stages; they are asked for where there is a flag.
    ///
    /// throws    what load_checkpoint and require_same_settings throw; for more stages than there are
    Checkpoints(const CheckpointFlags& flags, const std::function<RunSettings()>& settings, int stages, bool quiet);

    /// Where each stage goes on that the run before had begun.
    const std::vector<SearchState>& resumed() const { return resumed_; }
    /// The same of one stage; empty: at its start.
    SearchState from(int stage) const;

    /// After each look at a stage. Writes when it is time, and when the run is interrupted.
    void step(int stage, const SearchLook& look);
    /// At the end: an interruption when nobody looked, between two stages or before the first look.
    void finish();

private:
    void write();

    CheckpointFlags flags_;
    bool quiet_;
    std::vector<SearchState> resumed_ = {};
    Checkpoint now_ = {};
    int stage_ = 0, done_ = 0;  // where the run is
    int since_ = 0;             // steps, since the last one was written
    bool written_ = true;       // what now_ holds
};

}  // namespace gradus
