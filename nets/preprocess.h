#pragma once
#include "engine/graph.h"
#include "nets/table.h"
#include "weights/weights.h"

namespace gradus {

/// What a net makes of a picture before its first layer, as a part of the graph.
///
/// shapes    picture (N,H,W,3), RGB 0..1, or (N,H,W,1) for nets that see gray -> (N,H,W,C) of the net
/// units     0..1 -> 0..255 minus the mean, times the net's factor
/// throws    when the picture has another shape, or another size than the net's mean picture
Var preprocess(Var picture, const NetTable& table, const Weights& weights, DType activations);

}  // namespace gradus
