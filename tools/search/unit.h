#pragma once
#include <string>
#include <vector>

#include "engine/plan.h"
#include "tools/search/direction.h"
#include "tools/search/objective.h"

namespace gradus {

/// What is looked at inside a net: a layer, a channel of it, one place of a channel (a neuron), or a direction of
/// channels. The score of a class is a unit, too: a channel of the layer of scores. What is left open stands for all
/// there are: a search climbs them together, saliency asks the strongest.
struct Unit {
    static constexpr int open = -1;
    static constexpr int middle = -2;  // of the layer, whatever its size: a place

    std::string layer = {};
    int channel = open;
    int row = open, column = open;  // in the layer's own grid
    Direction direction = {};       // instead of a channel, over all places
    bool is_class = false;
    std::string class_name = {};  // for labels

    bool one_place() const { return row != open; }

    /// "inception_4c/output:5", "inception_4c/output:5@3,4", "inception_4c/output along 12:1,40:-0.5", "goldfish"
    std::string name() const;
};

/// The score of a class, before the softmax.
Unit class_unit(const Net& net, int index);

/// "inception_4c/output, channel 7 at 3,5"
std::string to_string(const Unit& unit);

/// The unit with the middle as a row and a column of a layer of this shape.
Unit placed_in(const Shape& layer, Unit unit);

/// What a search climbs to see the unit: its score, its value, or the mean of its values; of a direction, the mean of
/// the products with it; of a whole layer, half the mean square.
Objective objective_of(const Unit& unit);

/// How strongly a picture excites a unit, and where that stands among the other channels of the layer, or the other
/// classes.
struct UnitReading {
    double activation = 0;   // mean over positions; the value of a neuron; the score of a class
    int rank = 0, of = 0;    // 1: no other is stronger; 0 of 0 for a whole layer and a direction
    double probability = 0;  // of a class
};

/// shapes    pictures (N,H,W,3), units: one for each picture
/// cost      a forward pass
std::vector<UnitReading> read_units(const Net& net, const Tensor& pictures, const std::vector<Unit>& units,
                                    DType activations, const PlanOptions& plans);

}  // namespace gradus
