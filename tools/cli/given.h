#pragma once
#include <string>
#include <vector>

#include "tools/cli/options.h"

namespace gradus {

/// The first of these options that was given; empty: none of them.
std::string given_of(const Command& command, const std::vector<std::string>& names);

/// Refuses options that change nothing beside another one: "visualize: was given --size with --init, which has a size".
void require_not_given(const Command& command, const std::vector<std::string>& names, const std::string& with);

}  // namespace gradus
