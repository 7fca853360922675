#pragma once
#include "engine/plan.h"
#include "nets/net.h"
#include "tools/image/image.h"

namespace gradus {

/// A photograph as a net is to see it.
struct NetPicture {
    Tensor pixels;  // (1,H,W,3), 0..1, at the size that the net sees
    Image shown;    // the same part of the photograph in its own pixels
};

/// The photograph with its shorter side at `size`, all of it.
NetPicture whole_picture(const Image& photo, int size, const PlanOptions& plans = {});

/// The square in its middle, `size` on each side.
NetPicture middle_of(const Image& photo, int size, const PlanOptions& plans = {});

/// A photograph for a layer: all of it wherever the layer takes any size, else the square in its middle at the net's
/// own size. `size`: of the shorter side; 0: the net's own.
///
/// throws    for another size where the layer takes only the net's own; for a layer that the net does not have
NetPicture picture_for(const Image& photo, const NetTable& table, const std::string& layer, int size,
                       const PlanOptions& plans = {});

}  // namespace gradus
