#pragma once
// One picture of a search that the net sees in parts.
#include <memory>

#include "tools/search/item.h"
#include "tools/search/tiled_objective.h"

namespace gradus {

/// A step as three runs: from the numbers to what the net sees; over its parts; and the move.
///
/// cost      that of TiledObjective; the picture a few times over
class TiledStep {
public:
    /// The item and the options stay where they are as long as this is there.
    ///
    /// throws    what TiledObjective throws
    TiledStep(const Net& net, const SearchItem& item, const SearchOptions& options, const Tiling& tiling,
              const PlanOptions& plans);

    void run();
    MemoryReport memory() const;
    Plan& plan() const { return objective_->plan(); }

private:
    void record_move(const Net& net, const SearchItem& item, const SearchOptions& options, const Tiling& tiling,
                     const PlanOptions& plans);

    Tensor input_;                      // what the net sees: the numbers themselves, or made of them
    std::unique_ptr<Plan> make_input_;  // null where they are the same
    std::unique_ptr<TiledObjective> objective_;
    std::unique_ptr<Plan> move_;
    std::shared_ptr<Arena> arena_;
};

}  // namespace gradus
