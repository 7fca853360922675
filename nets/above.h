#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "nets/table.h"

namespace gradus {

/// Every layer that a layer is computed from, itself and "data" included.
///
/// throws    when there is no such layer, with the nearest names
std::set<std::string> layers_above(const NetTable& table, std::string_view layer);

/// The table of these layers and of what they are computed from, and no others.
///
/// throws    the same
NetTable only_above(NetTable table, const std::vector<std::string>& layers);

/// The layers that everything passes on its way from the picture to a layer, nearest first: of GoogLeNet's
/// "inception_4b/1x1" it is "inception_4a/output", not one of that module's branches. Without the layer and "data".
///
/// throws    the same
std::vector<std::string> gates_above(const NetTable& table, std::string_view layer);

/// Whether a layer takes pictures of one size only, the net's own: a fully connected layer with a window lies on the
/// way to it, or the net has a mean picture.
///
/// throws    the same
bool wants_own_size(const NetTable& table, std::string_view layer);

}  // namespace gradus
