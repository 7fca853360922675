#pragma once
#include "tools/search/search.h"

namespace gradus {

struct InvertOptions {
    std::string layer = "conv5_1";
    int starts = 1;             // pictures from different noise, in one batch
    float tv = 0;               // weight of the total variation; 0: what `inversion_tv` recommends for the layer
    float beta = 2;             // its exponent
    float alpha = 8e-10f;       // weight of the sixth powers
    int neighborhood = 0;       // match only so many places across, in the middle of the layer; 0: all
    int group = 0, groups = 1;  // match only this part of the channels
    Objective besides = {};     // more costs, negative
    /// Without an optimizer of its own (no name): momentum 0.9 at the published rates, 1, 1/10 and 1/100 of the first
    /// for a quarter, a half and a quarter of the steps.
    SearchOptions search = {.optimizer = {}, .steps = 400};
    SearchState from = {};  // of a run before: go on there; empty: from the start
};

/// What became of a picture's code.
struct Inversion {
    std::vector<Image> pictures;       // one for each start
    std::vector<double> errors;        // |F(x) - F0| / |F0| of the picture as it is saved, in 8 bits
    std::vector<double> variations;    // its total variation over the photograph's
    Image mean, spread;                // over the starts: the mean, and the standard deviation of each value
    std::vector<Curve> curves;         // of the first start
    SearchEnd end = SearchEnd::steps;  // not_finite where that happened to any of them
    int steps = 0, evaluations = 0;    // of the first start
    std::vector<StepReport> profile;   // of the plan of a step, where asked for
    std::deque<TimedRun> timed_runs;   // the same
};

/// The weight of total variation that suits a layer: 1, 2 and 5 for the first, second and last third of a net's
/// convolutions. (The paper's 1, 10 and 100 for AlexNet leave VGG-16 with errors of 35 %.)
double inversion_tv(const Net& net, const std::string& layer);

/// Looks for pictures that a layer cannot tell from the photograph: what else they show is what the layer forgot.
///
///     E(x) = |m (F(x) - F0)|^2 / |m F0|^2 + (tv/2 TV_beta(x) + alpha/2 sum x^6) / s^2
///
/// with x in 0..255 minus the net's mean, s the usual length |x| of a photograph, 69.0 for each value; from noise of
/// that length, by gradient descent with momentum.
///
/// cost      steps forward and input-gradient passes over the starts
/// throws    for an unknown layer; when the photograph does not fit the net
/// paper     Mahendran & Vedaldi 2015, Understanding deep image representations by inverting them
Inversion invert(const Net& net, const Image& photo, const InvertOptions& options, const PlanOptions& plans,
                 const SearchWatcher& watch = {});

}  // namespace gradus
