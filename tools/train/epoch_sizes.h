#pragma once
#include <map>
#include <string_view>

namespace gradus {

/// Reads "64", or "0:40,6:48,11:64": from epoch 6 on pictures have 48 pixels a side.
///
/// throws    "train: found "6:" in the sizes ..., expected EPOCH:SIZE, ..."
std::map<int, int> read_epoch_sizes(std::string_view text);

}  // namespace gradus
