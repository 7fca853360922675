#pragma once
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

namespace gradus {

/// Prints to stderr, and goes on where nothing can be written there: no message is worth the work of a run.
template <class... T>
void tell(fmt::format_string<T...> text, T&&... values) {
    const std::string line = fmt::format(text, std::forward<T>(values)...);
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace gradus
