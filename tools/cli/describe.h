#pragma once
#include "tools/help/command_page.h"

namespace CLI {
class App;
}

namespace gradus {

/// What CLI11 knows of a command and of those inside it.
CommandPage describe(const CLI::App& command);

/// What the program, the first of them, is called on a page.
std::string name_of(const CLI::App& command);

}  // namespace gradus
