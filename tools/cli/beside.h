#pragma once
#include <string>

namespace gradus {

/// Whether an option changes nothing of what a command makes: what else is written, what is told, how a run goes on.
/// Recipes leave them out, and checkpoints do not compare them.
bool is_beside(const std::string& option);

}  // namespace gradus
