#pragma once
#include <memory>
#include <string>

#include "tools/image/pixel_box.h"
#include "tools/techniques/unit_values.h"

namespace gradus {

/// The part of a picture that excited a unit.
struct Patch {
    std::string name;  // of the picture
    Unit unit = {};    // where in the layer
    float activation = 0;
    Image part = {};  // what the unit could see, at the size that the net sees
};

/// Looks through pictures for those that excite a channel most, wherever in the layer: from each picture the place
/// where it is strongest. One plan serves all pictures, the square in the middle of each.
///
/// cost      a forward pass up to the layer, a picture
class TopPatches {
public:
    /// `unit`: layer and channel; of a position, only units there are looked at.
    ///
    /// throws    when the net has no such layer or channel, or no channel is named
    TopPatches(NetRun run, Unit unit, int count);

    void look_at(const std::string& name, const Image& photo);

    /// The strongest, strongest first; of equal ones, the one seen first.
    const std::vector<Patch>& patches() const { return patches_; }

private:
    NetRun run_;
    Unit unit_;
    std::size_t count_;
    Tensor picture_;
    Graph graph_;
    Var layer_ = {};
    std::unique_ptr<Plan> plan_;
    std::vector<Patch> patches_;
};

}  // namespace gradus
