#pragma once
// For our own .cpp files: public headers include engine/error.h, which needs no library.
#include <fmt/format.h>

#include <utility>

#include "engine/error.h"

namespace gradus {

/// Throws Error with the formatted sentence unless `ok`.
template <class... T>
void require(bool ok, fmt::format_string<T...> sentence, T&&... values) {
    if (!ok) throw Error(fmt::format(sentence, std::forward<T>(values)...));
}

}  // namespace gradus
