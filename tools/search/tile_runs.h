#pragma once
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/plan.h"
#include "nets/net.h"
#include "tools/search/scene.h"
#include "tools/search/tiling.h"

namespace gradus {

struct Tile {
    Band rows, columns;
};

/// A net's look at a picture part by part: each part is copied into a window, and a plan, one for each set of
/// places in it that parts answer for, computes what was asked for of their values.
///
/// cost      tiling.work() passes; a window's copy, and those of the constants that lie beside it, on the host
class TileRuns {
public:
    /// What to compute of a part, given the scene and the pixels of its window.
    using Record = std::function<std::vector<Var>(const Scene& scene, Var window)>;
    /// Called after each part with what was computed.
    using Took = std::function<void(const Tile&, const std::vector<Tensor>&)>;

    /// The net sees no picture's edge from the opposite one.
    ///
    /// throws    what recording throws
    TileRuns(const Net& net, const Tiling& tiling, DType activations, DType pixels, const Record& record,
             const PlanOptions& plans);
    ~TileRuns();
    TileRuns(TileRuns&&) noexcept;

    /// Looks at a picture (1,H,W,3) of the tiling's size.
    void run(const Tensor& picture, const Took& took);

    /// Of all plans together: their arena is shared, and so are packed filters.
    MemoryReport memory() const;
    /// That of the first part, for its profile.
    Plan& plan() const;

private:
    struct Places;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// The rows and columns of a layer over the whole picture that a part answers for.
std::pair<Stretch, Stretch> own_places(const Tiling& tiling, const Tile& tile, const LayerFacts& layer);

/// The pixels (1,h,w,C) of a tensor (1,H,W,C) in a rectangle; and back, added to what is there.
void copy_part(const Tensor& whole, const Stretch& rows, const Stretch& columns, Tensor& part);
void add_part(const Tensor& part, const Stretch& rows, const Stretch& columns, Tensor& whole);
/// Those of a part, written over what is there.
void paste_part(const Tensor& part, const Stretch& rows, const Stretch& columns, Tensor& whole);

}  // namespace gradus
