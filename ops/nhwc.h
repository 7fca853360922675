#pragma once
// What ops on pictures share.
#include <string_view>

#include "engine/op.h"

namespace gradus {

/// Throws Error, in the words of `who`, unless x has the four axes (N,H,W,C).
void require_nhwc(std::string_view who, const Spec& x);

/// The cost of reading the first input and writing the output once, with so many flops per element of the larger of the
/// two.
std::function<Cost(const Problem&)> read_and_write(double flops);

}  // namespace gradus
