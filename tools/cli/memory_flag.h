#pragma once
#include <cstddef>
#include <string>

#include "tools/cli/options.h"

namespace gradus {

/// Adds --memory SIZE.
void add_memory_flag(Command& command, std::string& size);

/// Bytes: "750M" is 750 million, "1.5G" 1500 million, "4000000" as it stands; 0 for "none".
///
/// throws    "--memory: found "big", expected a number of bytes such as 750M or 1.5G, or none"
std::size_t memory_of(const std::string& size);

/// "in 2x3 parts" and the like, for a search that was given memory; empty where it had enough for the whole.
std::string in_parts(int rows, int columns);

}  // namespace gradus
