#pragma once
#include <array>

#include "ops/total_variation.h"
#include "tools/search/objective.h"

namespace gradus {

// What a picture should not look like, whatever it shows: all are costs, to be subtracted. They read `picture`, before
// the transforms, in 0..1. With a mask, differences between neighbors count as the masks of both let them. For all:
//
// shapes    picture (1,H,W,3) -> one number
// gradient  as the ops it is made of

/// Differences between neighbors, in the named variants of ops/total_variation.h.
Objective total_variation(const TvOptions& options = {.kind = TvKind::l1});

/// The sum of |x - middle|^power, `middle` for red, green and blue: keeps values near the middle of their range.
/// paper     Mahendran & Vedaldi 2015, Understanding deep image representations by inverting them (power 6)
Objective alpha_norm(double power = 6, const std::array<float, 3>& middle = {0.5f, 0.5f, 0.5f});

/// The sum of |x - constant|, and the root of the sum of (x - constant)^2.
Objective l1(double constant = 0.5);
Objective l2(double constant = 0.5);

/// (x.x - x.b) / 2, with b the picture blurred a little: its slope x - b pulls the picture towards b, as a blur at each
/// step would.
/// paper     Olah, Mordvintsev & Schubert 2017, Feature visualization
Objective roughness();

}  // namespace gradus
