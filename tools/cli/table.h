#pragma once
#include <string>
#include <vector>

namespace gradus {

/// Rows of text in aligned columns: the first row is the header; columns whose name begins with '>' are right-aligned.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// "12.3 M", "1.58 G": a count with three digits.
std::string short_number(double value);

}  // namespace gradus
