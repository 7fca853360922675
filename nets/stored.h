#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nets/classes.h"
#include "nets/table.h"

namespace gradus {

/// What a file of weights says about its net besides the weights, in the metadata of safetensors: "gradus.net" the name
/// of a table or "chain", "gradus.architecture" and "gradus.size" of a chain (nets/chain.h), "gradus.labels" the
/// classes as JSON, [["n01443537", "goldfish, Carassius auratus"], ...].
///
/// returns   nothing where it says nothing about a net
/// throws    "flowers.safetensors: ..." for what does not fit together: the file may come from anybody
std::optional<NetTable> stored_table(const std::map<std::string, std::string>& metadata, const std::string& file);

/// The metadata of a file whose net has these classes; `architecture` is empty for nets of nets/table.h.
std::map<std::string, std::string> stored_form(const NetTable& table, const std::string& architecture,
                                               const std::vector<ClassLabel>& labels);

}  // namespace gradus
