#pragma once
#include <cstddef>
#include <string_view>

namespace gradus {

// The letters of an objective's text.

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; }
/// Of an argument without quotes: layers, files, numbers, ranges.
constexpr bool is_word(char c) { return is_name(c) || c == '/' || c == '.' || c == ':' || c == '-' || c == '+'; }

/// Whether it may name an argument: a letter or '_', then letters, digits and '_'.
bool is_identifier(std::string_view text);

/// The length of the number that the text begins with, such as 12, 1.5, .5 or 2e-4, without sign; 0 if it does not.
std::size_t number_length(std::string_view text);

/// The value of a text that is such a number; infinity where it is too large for a double.
double value_of(std::string_view text);

}  // namespace gradus
