#include "tools/cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gradus {

std::string table(const std::vector<std::vector<std::string>>& rows) {
    if (rows.empty()) return {};
    const std::size_t columns = rows[0].size();
    std::vector<bool> right(columns);
    std::vector<std::size_t> widths(columns, 0);
    const auto cell = [&](std::size_t row, std::size_t column) -> std::string {
        const std::string& text = rows[row][column];
        return row == 0 && right[column] ? text.substr(1) : text;
    };
    for (std::size_t c = 0; c < columns; ++c) right[c] = rows[0][c].starts_with('>');
    for (std::size_t r = 0; r < rows.size(); ++r)
        for (std::size_t c = 0; c < columns; ++c) widths[c] = std::max(widths[c], cell(r, c).size());
    std::string text;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string line;
        for (std::size_t c = 0; c < columns; ++c)
            line += fmt::format(fmt::runtime(right[c] ? "{:>{}}  " : "{:<{}}  "), cell(r, c), widths[c]);
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string short_number(double value) {
    for (const auto& [unit, name] :
         {std::pair{1e12, " T"}, std::pair{1e9, " G"}, std::pair{1e6, " M"}, std::pair{1e3, " k"}})
        if (std::abs(value) >= unit) return fmt::format("{:.3g}{}", value / unit, name);
    return fmt::format("{:.3g}", value);
}

}  // namespace gradus
