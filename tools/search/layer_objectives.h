#pragma once
#include <string>

#include "engine/tensor.h"
#include "tools/search/direction.h"
#include "tools/search/objective.h"

namespace gradus {

// What a layer or a class may be wanted to do. `layer` is a name of the net's, or "picture" or "input". For all:
//
// shapes    a layer (1,P,Q,C) or (1,K) of each picture -> one number
// gradient  as the ops it is made of; the layer's values are read again backward
// throws    when recorded: for unknown layers, channels, positions and classes, with what there is

/// Half the mean square of a layer: what DeepDream climbs.
/// paper     Mordvintsev, Olah & Tyka 2015, Inceptionism
Objective energy(const std::string& layer);

/// The mean of a layer, or of one channel of it over all positions.
/// paper     Olah, Mordvintsev & Schubert 2017, Feature visualization
Objective mean_of(const std::string& layer);
Objective channel(const std::string& layer, int channel);

/// One value of a layer: a channel at a position in the layer's own grid, -1 for the middle.
/// paper     Erhan et al. 2009, Visualizing higher-layer features of a deep network
Objective neuron(const std::string& layer, int channel, int row = -1, int column = -1);

/// How far a layer points in a direction of its channel space, over all positions: the mean of x.v max(0.1, cos)^power.
/// With power 0, plainly the mean of x.v.
///
/// shapes    direction (C)
/// paper     Carter et al. 2019, Activation atlas (the cosine)
Objective direction(const std::string& layer, const Tensor& direction, double cosine_power = 0);
Objective direction(const std::string& layer, const Direction& direction, double cosine_power = 0);

/// How near a layer is to a target, in squares: minus the sum of (m (x - target))^2 / the sum of (m target)^2, with m 1
/// everywhere unless `where` is given, or a mask, or both.
///
/// shapes    target and where like the layer
/// paper     Mahendran & Vedaldi 2015, Understanding deep image representations by inverting them
Objective nearness(const std::string& layer, const Tensor& target, const std::optional<Tensor>& where = {});

/// How well a layer points where the best matching place of a guide's does: the mean of x.y.
///
/// shapes    guide: the same layer of another picture, (1,P',Q',C)
/// paper     Mordvintsev, Olah & Tyka 2015, Inceptionism (controlling dreams)
Objective guided(const std::string& layer, const Tensor& guide);

/// The score of a class before the softmax; its probability; its log-probability, which is minus the cross-entropy; and
/// how far its score is ahead of the best other one's.
/// paper     Simonyan, Vedaldi & Zisserman 2014, Deep inside convolutional networks (the score)
Objective class_score(int index);
Objective class_probability(int index);
Objective log_probability(int index);
Objective margin(int index);

/// How different the pictures of a batch are to a layer: minus the mean cosine between their Gram matrices. Counted
/// once, with the first picture. Belongs into the objective of every picture of the batch. paper     Olah, Mordvintsev
/// & Schubert 2017, Feature visualization (diversity)
Objective diversity(const std::string& layer);

}  // namespace gradus
