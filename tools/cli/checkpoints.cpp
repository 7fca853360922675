#include "tools/cli/checkpoints.h"

#include "engine/require.h"
#include "tools/cli/progress.h"
#include "tools/tell.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

/// How many steps a stage had done.
int step_of(const SearchState& state) {
    return state.get("0/step", Spec(Shape{1}, DType::i32)).values<std::int32_t>()[0];
}

}  // namespace

void add_checkpoint_flags(Command& command, CheckpointFlags& f) {
    const char* group = "Long runs";
    command
        .option("--checkpoint", f.checkpoint,
                "file to keep what the run needs to go on: written every so many steps, and when it is interrupted")
        .under(group);
    command.option("--checkpoint-every", f.checkpoint_every, "steps between two checkpoints")
        .within(1, 1 << 30)
        .under(group);
    command
        .option("--resume", f.resume,
                "checkpoint to go on from, with the options of the run that wrote it: the result is the same")
        .under(group);
}

void check_checkpoint(const CheckpointFlags& f) {
    if (!f.checkpoint.empty()) OutputFile{f.checkpoint};
}

Checkpoints::Checkpoints(const CheckpointFlags& flags, const std::function<RunSettings()>& settings, int stages,
                         bool quiet)
    : flags_(flags), quiet_(quiet) {
    if (!flags.asked()) return;
    now_.settings = settings();
    if (flags.resume.empty()) return;
    Checkpoint found = load_checkpoint(flags.resume);
    require_same_settings(flags.resume, found.settings, now_.settings);
    require(found.stages.size() <= static_cast<std::size_t>(stages),
            "{}: found {} stages, expected at most the {} of this run", flags.resume, found.stages.size(), stages);
    resumed_ = std::move(found.stages);
    now_.stages = resumed_;
    written_ = resumed_.empty();
    if (resumed_.empty()) return;
    stage_ = static_cast<int>(resumed_.size()) - 1;
    done_ = step_of(resumed_.back());
}

SearchState Checkpoints::from(int stage) const {
    const auto i = static_cast<std::size_t>(stage);
    return i < resumed_.size() ? resumed_[i] : SearchState{};
}

void Checkpoints::step(int stage, const SearchLook& look) {
    if (flags_.checkpoint.empty()) return;
    since_ += look.done - (stage == stage_ ? done_ : 0);
    stage_ = stage;
    done_ = look.done;
    const bool due = since_ >= flags_.checkpoint_every || interrupted();
    if (!due && !look.last) return;
    // The state that a stage ends in is kept for the checkpoints of the next ones.
    now_.stages.resize(static_cast<std::size_t>(stage) + 1);
    now_.stages.back() = look.state();
    written_ = false;
    if (due) write();
}

void Checkpoints::finish() {
    if (!interrupted() || now_.stages.empty() || flags_.checkpoint.empty()) return;
    if (!written_) write();  // between two stages, or before the first look of a run that was resumed
    if (!quiet_)
        tell("{}: a checkpoint at step {} of stage {}; the same command with --resume {} goes on\n", flags_.checkpoint,
             done_, stage_ + 1, flags_.checkpoint);
}

void Checkpoints::write() {
    save_checkpoint(flags_.checkpoint, now_);
    since_ = 0;
    written_ = true;
}

}  // namespace gradus
