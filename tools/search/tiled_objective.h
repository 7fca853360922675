#pragma once
#include <optional>
#include <string>
#include <vector>

#include "tools/search/objective.h"
#include "tools/search/tile_runs.h"

namespace gradus {

/// Why this net's look at a picture cannot be cut into parts for this objective; empty: it can.
std::string uncuttable(const Net& net, const Objective& objective);

/// An objective of a picture that is larger than what there is memory for, and its gradient: those of the whole
/// picture, not of its parts. Terms that read layers are functions of sums over places (objective.h), so
///
///     d objective / d picture  =  sum over parts of  (d objective / d sums) (d sums of the part / d picture)
///
/// A first pass adds up the sums of all parts, a second one sends their slopes back through each part. Where every term
/// is a sum itself its slope is known beforehand, and one pass does. Terms that read the picture only are left out.
///
/// cost      tiling.work() forward passes, and as many forward and input-gradient passes
class TiledObjective {
public:
    /// `picture` is what the net sees, f32 or f64, and `step` counts, for schedules; both may be written between runs.
    ///
    /// throws    what `uncuttable` says, for several parts; what recording throws
    TiledObjective(const Net& net, const Objective& objective, const Tensor& picture, const Tensor& step, int steps,
                   const Tiling& tiling, DType activations, const PlanOptions& plans);
    ~TiledObjective();
    TiledObjective(TiledObjective&&) noexcept;

    void run();
    /// The gradient of minus the objective, like the picture, as the last run left it.
    const Tensor& slope() const;
    /// The value of a term at the last run, recorded; not there for terms that read the picture only.
    std::optional<Var> value(Graph& graph, std::size_t term) const;

    MemoryReport memory() const;
    Plan& plan() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gradus
