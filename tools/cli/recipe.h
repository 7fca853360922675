#pragma once
#include "tools/cli/common.h"
#include "tools/image/image.h"

namespace gradus {

/// The full command, with every option that has a value, defaults included; then version, seed, device, threads,
/// kernels. The defaults of `unsaid` are left out: something else that was given sets them.
Recipe recipe_of(const Command& command, const CommonOptions& options, const std::vector<std::string>& unsaid = {});

/// The version of gradus.
const char* version();

}  // namespace gradus
