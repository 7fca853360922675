#include "tools/search/point.h"

#include <algorithm>
#include <cmath>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/search/scan.h"

namespace gradus {
namespace {

/// Whether it goes on a UTF-8 character that began before.
bool goes_on(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }

std::string_view before(const ExpressionPlace& place) {
    return place.text == nullptr ? std::string_view() : std::string_view(*place.text).substr(0, place.position);
}

}  // namespace

std::size_t character_at(const ExpressionPlace& place) {
    const std::string_view text = before(place);
    return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, goes_on)) + 1;
}

double number_of(const ExpressionArgument& argument) {
    const bool minus = argument.text.starts_with('-');
    const std::string_view digits = std::string_view(argument.text).substr(minus ? 1 : 0);
    const bool number = !digits.empty() && number_length(digits) == digits.size();
    const double value = number ? value_of(digits) : HUGE_VAL;
    if (!std::isfinite(value))
        fail_at(argument.text_place,
                fmt::format("found {}, expected a number such as 2, 0.5 or -1e-3", in_quotes(argument.text)));
    return minus ? -value : value;
}

void fail_at(const ExpressionPlace& place, const std::string& what) {
    constexpr std::size_t most = 24;  // enough to see where it is
    std::string_view text = before(place);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    std::size_t cut = text.size() > most ? text.size() - most : 0;
    while (cut < text.size() && goes_on(text[cut])) ++cut;
    const std::string context = fmt::format("{}{}", cut > 0 ? "..." : "", text.substr(cut));
    throw Error(fmt::format("objective: at character {}{}, {}", character_at(place),
                            context.empty() ? "" : fmt::format(", after {}", in_quotes(context)), what));
}

}  // namespace gradus
