#pragma once
#include <string>
#include <vector>

#include "engine/plan.h"
#include "tools/search/direction.h"
#include "tools/search/objective.h"

namespace gradus {

/// What is looked at inside a net: a layer, a channel of it, one place of a channel, a direction, or a class.
struct Subject {
    std::string layer = {};     // empty for a class
    int channel = -1;           // -1: the whole layer
    bool one_place = false;     // a neuron
    int row = -1, column = -1;  // of the neuron, in the layer's own grid; -1: the middle
    Direction direction = {};   // of channels, over all places
    int class_index = -1;
    std::string class_name = {};  // for labels

    /// "inception_4c/output:5", "inception_4c/output:5@3,4", "inception_4c/output along 12:1,40:-0.5", "goldfish"
    std::string name() const;
};

/// What a search climbs to see the unit: its score, its value, or the mean of its values; of a direction, the mean of
/// the products with it; of a whole layer, half the mean square.
Objective objective_of(const Subject& unit);

/// How strongly a picture excites a unit, and where that stands among the other channels of the layer, or the other
/// classes.
struct SubjectReading {
    double activation = 0;   // mean over positions; the value of a neuron; the score of a class
    int rank = 0, of = 0;    // 1: no other is stronger; 0 of 0 for a whole layer and a direction
    double probability = 0;  // of a class
};

/// shapes    pictures (N,H,W,3), units: one for each picture
/// cost      a forward pass
std::vector<SubjectReading> read_subjects(const Net& net, const Tensor& pictures, const std::vector<Subject>& units,
                                          DType activations, const PlanOptions& plans);

}  // namespace gradus
