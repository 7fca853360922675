#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/search/scene.h"
#include "tools/search/schedule.h"

namespace gradus {

/// A number as a function of sums over places: so it can be computed of a picture that is looked at part by part, and
/// so can its gradient, once the sums over all parts are there.
struct BySums {
    std::function<Var(const Scene&)> sums = {};  // over the places in the scene: (K), f32, f64 in f64
    std::function<Var(Var sums)> value = {};     // of those over all places; empty: K is 1, and that is the number
};

/// The number that sums mean.
Var value_of(const BySums& by_sums, Var sums);

/// One thing that is wanted of a picture, as a number that is the larger the more of it there is.
struct ObjectiveTerm {
    std::string name = {};                        // in curves and reports: "channel(inception_4c/output, 5)"
    std::function<Var(const Scene&)> value = {};  // records it: f32 (1), f64 in f64
    std::vector<std::string> layers = {};         // that it reads
    StepSchedule weight = 1;                      // negative for what is not wanted
    std::optional<Image> mask = {};               // where it counts
    bool regularizer = false;                     // says how a picture should look, not what it should show
    bool takes_mask = true;                       // what it reads has places that a mask can tell apart
    bool compares_pictures = false;               // reads the other pictures of the batch
    std::optional<BySums> by_sums = {};           // how `value` can be computed part by part, where it can
};

/// A term with such a value.
ObjectiveTerm term_by_sums(std::string name, std::vector<std::string> layers, BySums by_sums);

/// What a search climbs: the weighted sum of its terms.
///
///     Objective o = channel("inception_4c/output", 5) - 0.25 * total_variation();
struct Objective {
    std::vector<ObjectiveTerm> terms = {};

    /// The layers that the terms read, each once.
    std::vector<std::string> layers() const;
};

Objective operator+(Objective a, const Objective& b);
Objective operator-(Objective a, const Objective& b);
Objective operator-(Objective a);
Objective operator*(double factor, Objective a);
/// The product of two numbers as one term: of sums, the product of the sums.
Objective operator*(const Objective& a, const Objective& b);

/// The same where the mask is white, nothing where it is black: layers, or how they differ from what they are compared
/// with, are multiplied by it.
///
/// throws    when a term reads nothing that has places, such as the score of a class
Objective masked(Objective a, const Image& mask);
/// The same times a number that changes over the steps.
Objective scheduled(Objective a, const StepSchedule& weight);

/// The terms of an objective as recorded for one picture.
struct RecordedObjective {
    Var total;                // with weights
    Var wanted;               // the same without the regularizers: what --until watches
    std::vector<Var> values;  // of each term, without its weight
};
RecordedObjective record(const Objective& objective, const Scene& scene);
/// The same of values that are there already, one for each term.
RecordedObjective weigh(const Objective& objective, const std::vector<Var>& values, Var step, int steps);
/// A term's scene: with its mask where it has one.
Scene scene_of(const ObjectiveTerm& term, const Scene& scene);

}  // namespace gradus
