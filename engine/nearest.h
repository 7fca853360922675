#pragma once
#include <span>
#include <string>
#include <string_view>

namespace gradus {

/// The end of a message about an unknown name: `the nearest are "relu5_1" and "relu4_1"`. At most three
/// choices, best first: those that contain the wanted name or are contained in it, then by
/// Damerau-Levenshtein distance, upper and lower case alike; a choice more than one edit worse than the best
/// is left out. Without choices: "there is none".
///
/// cost      the sum over all choices of |wanted| * |choice|, names cut at 64 bytes
/// paper     Damerau 1964, A technique for computer detection and correction of spelling errors
std::string nearest(std::string_view wanted, std::span<const std::string> choices);

}  // namespace gradus
