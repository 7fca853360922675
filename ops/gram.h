#pragma once
#include "engine/graph.h"

namespace gradus {

/// G = F^T F for each picture, F its pixels as rows of channels: how often two channels are active together, wherever
/// that is. Raw sums; divide by H W or as the loss wants.
///
/// shapes    x (N,H,W,C) -> (N,C,C)
/// gradient  dF = F (dG + dG^T). Reads x
/// cost      2 N H W C^2 flops and 4 bytes per input; backward the same flops and 8 bytes per input
/// throws    when x is not (N,H,W,C) of f32 (or f64)
/// paper     Gatys, Ecker & Bethge 2015, Texture synthesis using convolutional neural networks
Var gram(Var x);

}  // namespace gradus
