#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "nets/net.h"
#include "tools/image/image.h"

namespace gradus {

/// What a scene needs to know where it shows a part of a picture only.
struct PartOfPicture {
    /// Of a layer's values over the part's window, those that the part answers for.
    std::function<Var(std::string_view layer, Var of_window)> own = {};
    /// The shape of the layer over the whole picture.
    std::function<Shape(std::string_view layer)> whole = {};
    /// Of a constant (1,P,Q,...) that lies over the whole layer, what lies over the part's values.
    std::function<Var(std::string_view layer, const Tensor& constant)> beside = {};
    /// Of a mask, shrunk to the whole layer's grid, the same, (1,p,q,1).
    std::function<Var(std::string_view layer, const Image& mask, DType)> mask = {};
};

/// What an objective may read: one picture of a batch, what became of it on its way into the net, and its part of the
/// net's layers.
class Scene {
public:
    struct Parts {
        Var picture;                              // (1,H,W,3), 0..1, before the transforms
        Var input;                                // the same after them: what the net sees
        std::function<Var(Var mask)> moved = {};  // a mask as the transforms move the picture; empty: they do not
        Var step;                                 // i32 (1): how many steps were taken
        int steps = 1;                            // how many there will be
        Layers layers;                            // of the whole batch
        int item = 0, items = 1;
        std::optional<PartOfPicture> part = {};
    };
    explicit Scene(Parts parts) : parts_(std::move(parts)) {}

    Var picture() const { return parts_.picture; }
    Var input() const { return parts_.input; }
    Var step() const { return parts_.step; }
    int steps() const { return parts_.steps; }
    int item() const { return parts_.item; }
    int items() const { return parts_.items; }
    Graph& graph() const { return *parts_.picture.graph; }

    /// This picture's part of a layer, (1,P,Q,C) or (1,K), times the mask where there is one; "picture" and "input" are
    /// layers, too.
    Var layer(std::string_view name) const { return counted(name, unmasked(name)); }
    /// The same without the mask, for terms that compare it with something: what does not count is the difference.
    Var unmasked(std::string_view name) const;
    /// The shape of the layer over the whole picture, of which the scene may show a part: for means over all places.
    Shape whole_shape(std::string_view name) const;
    /// A constant of that shape in the type of x, the layer's values in this scene; and as much of it as they are.
    Var beside(std::string_view name, Var x, const Tensor& constant) const;
    /// Values like the layer's times the mask where there is one.
    Var counted(std::string_view name, Var values) const;
    /// The mask as values like the layer's, where there is one: it lies where the picture lies, so of all but "picture"
    /// the transforms have moved it.
    ///
    /// throws    when the layer has no places, which a mask could tell apart
    std::optional<Var> mask(std::string_view name, Var like) const;
    /// The class scores before the softmax and after it, (1,K).
    Var scores() const { return mine(parts_.layers.scores()); }
    Var probabilities() const { return mine(parts_.layers.probabilities()); }
    /// A layer of all pictures of the batch, (N,P,Q,C).
    Var whole_layer(std::string_view name) const { return parts_.layers(name); }

    /// The same, but what lies where the mask is 0 does not count: its brightness, shrunk to the layer's grid,
    /// multiplies the layer.
    Scene masked(const Image& mask) const;

private:
    Var mine(Var of_all) const;
    Var moved_mask(const Shape& shape) const;
    Var mask_of_part(std::string_view name, Var like) const;

    Parts parts_;
    std::optional<Image> mask_ = {};
};

}  // namespace gradus
