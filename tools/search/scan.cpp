#include "tools/search/scan.h"

#include <algorithm>
#include <limits>
#include <locale>
#include <sstream>
#include <string>

namespace gradus {

bool is_identifier(std::string_view text) {
    return !text.empty() && !is_digit(text[0]) && std::ranges::all_of(text, is_name);
}

std::size_t number_length(std::string_view text) {
    std::size_t at = 0;
    const auto next_is = [&](std::string_view choices) {
        return at < text.size() && choices.find(text[at]) != choices.npos;
    };
    const auto skip_digits = [&] {
        const std::size_t begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return at - begin;
    };
    std::size_t digits = skip_digits();
    if (next_is(".")) {
        ++at;
        digits += skip_digits();
    }
    if (digits == 0) return 0;
    const std::size_t mantissa = at;
    if (!next_is("eE")) return mantissa;
    ++at;
    if (next_is("+-")) ++at;
    return skip_digits() > 0 ? at : mantissa;
}

double value_of(std::string_view text) {
    std::istringstream in{std::string(text)};
    in.imbue(std::locale::classic());  // a point in every country
    double value = 0;
    return in >> value ? value : std::numeric_limits<double>::infinity();
}

}  // namespace gradus
