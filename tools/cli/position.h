#pragma once
#include <string>
#include <utility>

namespace gradus {

/// "3,5" -> row 3, column 5; -1, -1 for no text.
///
/// throws    "dream: "3" is not a position, expected ROW,COLUMN in the layer's own grid"
std::pair<int, int> position_of(const std::string& command, const std::string& text);

}  // namespace gradus
