#include "tools/cli/position.h"

#include <cstdio>

#include "engine/require.h"

namespace gradus {

std::pair<int, int> position_of(const std::string& command, const std::string& text) {
    int row = -1, column = -1, used = 0;
    if (text.empty()) return {row, column};
    require(std::sscanf(text.c_str(), "%d,%d%n", &row, &column, &used) == 2 && used == static_cast<int>(text.size()) &&
                row >= 0 && column >= 0,
            "{}: \"{}\" is not a position, expected ROW,COLUMN in the layer's own grid", command, text);
    return {row, column};
}

}  // namespace gradus
