#pragma once
#include "tools/train/draws.h"

namespace gradus {

/// How much of a mixed sample is its own, 1/2 to 1: the larger part of a number from Beta(alpha, alpha), 0 < alpha
/// <= 1. The smaller alpha is, the nearer to 1.
///
/// paper     Zhang et al. 2018, mixup: Beyond empirical risk minimization; Joehnk 1964 (how the number is drawn)
double mixup_weight(double alpha, const Draws& draws);

}  // namespace gradus
