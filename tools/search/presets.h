#pragma once
#include <string>
#include <vector>

#include "tools/search/search.h"

namespace gradus {

/// The names of published settings: yosinski1 to yosinski4.
std::vector<std::string> preset_names();

/// A search with these settings: how the picture is written and moved, how it starts, how many steps, and what is done
/// to it after each. Seed, activations and whatever else there is stay as they are.
///
/// throws    when there is no preset of this name
/// paper     Yosinski et al. 2015, Understanding neural networks through deep visualization, table 1; its code's
///           doc/running-optimize-image.md
void use_preset(const std::string& name, const Net& net, SearchOptions& options);

}  // namespace gradus
