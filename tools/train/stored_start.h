#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "engine/plan.h"
#include "nets/net.h"
#include "tools/train/trained_net.h"

namespace gradus {

/// The weights of a net that was trained before, for a table of the same layers; what it has not, or in another shape,
/// such as the scores of other classes, from the seed.
Weights start_from(const Net& stored, std::uint64_t seed);

/// Where batch norm was folded away: gives each convolution's norm the moments of what it sees in some pictures, and
/// the gamma and beta that undo them, so that the net computes what the stored one does, until training moves it.
///
/// shapes    pictures (N,H,W,C), RGB 0..1, to be written anew before each look
/// cost      a forward pass for each batch
class NormStart {
public:
    NormStart(const TrainedNet& net, const Weights& start, const Tensor& pictures, const PlanOptions& plans);
    ~NormStart();

    /// Looks at the pictures as they are now.
    void look();
    /// Writes what was seen into the net. `mean` is taken over the processes that saw a part each; empty: there is one.
    void finish(TrainedNet& net, const std::function<void(Tensor&)>& mean);

private:
    struct Seen;
    std::unique_ptr<Seen> seen_;
};

}  // namespace gradus
