#pragma once
#include <cstddef>
#include <string_view>

#include "tools/search/expression.h"

namespace gradus {

/// How many characters of UTF-8 come before a place, and one: what an editor would call the column.
std::size_t character_at(const ExpressionPlace& place);

}  // namespace gradus
