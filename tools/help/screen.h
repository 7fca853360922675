#pragma once
#include <string>

#include "tools/help/command_page.h"

namespace gradus {

/// The width of a screen in characters, and its height in lines.
constexpr int screen_width = 100, screen_height = 50;

/// All that there is to say, for a terminal: every option with its unit, its default and what it takes.
std::string whole_page(const CommandPage& page);

/// The same on one screen: where it does not fit, headings keep only the names of their options, with the defaults, the
/// last heading first.
std::string one_screen(const CommandPage& page);

/// The text in lines of at most `width` characters, each after the first indented.
std::string wrapped(const std::string& text, int width, int indent = 0);

}  // namespace gradus
