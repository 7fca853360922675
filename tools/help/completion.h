#pragma once
#include <string>
#include <vector>

#include "tools/help/command_page.h"

namespace gradus {

/// A script that completes the program's command line: commands, options, the values that an option chooses from; files
/// everywhere else.
///
/// throws    for another shell than bash, zsh or fish
std::string completion(const CommandPage& program, const std::string& shell);

std::string bash_completion(const CommandPage& program);
std::string zsh_completion(const CommandPage& program);
std::string fish_completion(const CommandPage& program);

/// The commands that take options: those inside others in their place.
std::vector<const CommandPage*> leaves(const CommandPage& program);

/// In single quotes, as every shell reads it.
std::string shell_quoted(const std::string& text);

}  // namespace gradus
