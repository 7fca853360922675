#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/tensor.h"
#include "nets/describe.h"
#include "tools/image/image.h"

namespace gradus {

/// Pixels, or values of a layer, along one axis: from, from + 1, ..., to - 1.
struct Stretch {
    int from = 0, to = 0;
    int size() const { return to - from; }
    bool operator==(const Stretch&) const = default;
};

/// A part of a picture along one axis: the pixels that it answers for, and those that a net must see for that.
struct Band {
    Stretch own, window;
    bool operator==(const Band&) const = default;
};

/// Masks shrunk to the grids of whole layers: made once for all parts, and all ways to cut.
class WholeMasks {
public:
    /// shapes    shape (1,P,Q,C) -> (1,P,Q,1)
    Tensor of(const Image& mask, const Shape& shape, DType dtype);
    std::size_t bytes() const;

private:
    std::map<std::string, Tensor> made_;
};

/// A picture cut into parts, each for one row band and one column band, such that a net that sees no more than a part's
/// window computes, of the values that the part answers for, exactly what it would of the whole picture, edges
/// included. Every value of the layers belongs to one part.
///
/// Windows begin on multiples of the layers' strides, so that pools meet the same pixels; they reach as far as the
/// values' receptive fields, or to the edge of the picture; and all are of one size.
struct Tiling {
    int height = 0, width = 0;
    std::map<std::string, LayerFacts> layers;  // of the whole picture
    std::vector<Band> rows, columns;
    std::shared_ptr<WholeMasks> masks = std::make_shared<WholeMasks>();

    /// How many pixels nets see more than once, and more: the pixels of all windows over those of the picture.
    double work() const;
};

/// So many bands along each axis, or fewer where the picture has not so many strides.
///
/// throws    for several parts of a layer that has no places; what describe() throws
Tiling tiling(const NetTable& table, const std::vector<std::string>& layers, int height, int width, int rows,
              int columns);

/// The same picture and layers in other parts.
Tiling cut(Tiling tiling, int rows, int columns);

/// The parts with the least work of those whose `bytes` are within `memory`. Called for a few of them; they are taken
/// to grow about as the largest window does. Not there: not even those of the smallest parts are.
std::optional<Tiling> cut_within(const Tiling& tiling, std::size_t memory,
                                 const std::function<std::size_t(const Tiling&)>& bytes);

/// The values of a layer, along the rows or the columns of which the band is, that the band answers for; counted from
/// the first one of the whole picture, or of the window.
Stretch own_values(const Band& band, const LayerFacts& layer, int picture_extent, int layer_extent);
Stretch own_values_in_window(const Band& band, const LayerFacts& layer, int picture_extent, int layer_extent);

/// "picture" and "input" have facts, too: a value for every pixel.
LayerFacts facts_of(const Tiling& tiling, std::string_view layer);

}  // namespace gradus
