#include "tools/cli/memory_flag.h"

#include <cmath>
#include <cstdlib>

#include "engine/in_quotes.h"
#include "engine/require.h"

namespace gradus {

void add_memory_flag(Command& command, std::string& size) {
    command.option(
        "--memory", size,
        "take no more than this besides the weights, 750M or 4G: the net then sees a large picture in parts, "
        "and comes to the same (none: as much as it takes)");
}

std::size_t memory_of(const std::string& size) {
    if (size == "none") return 0;
    char* end = nullptr;
    double number = std::strtod(size.c_str(), &end);
    const std::string unit = end;
    number *= unit == "K" ? 1e3 : unit == "M" ? 1e6 : unit == "G" ? 1e9 : 1;
    require(end != size.c_str() && (unit.empty() || unit == "K" || unit == "M" || unit == "G") && number >= 1 &&
                number < 1e15,
            "--memory: found {}, expected a number of bytes such as 750M or 1.5G, or none", in_quotes(size));
    return static_cast<std::size_t>(number);
}

std::string in_parts(int rows, int columns) {
    return rows * columns == 1 ? "" : fmt::format(" in {}x{} parts", rows, columns);
}

}  // namespace gradus
