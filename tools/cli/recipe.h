#pragma once
#include "tools/cli/common.h"
#include "tools/image/image.h"

namespace gradus {

/// The full command, with every option that has a value, defaults included; then version, seed, device, threads,
/// kernels.
Recipe recipe_of(const Command& command, const CommonOptions& options);

/// The version of gradus.
const char* version();

}  // namespace gradus
