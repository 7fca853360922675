#pragma once
#include <string>
#include <vector>

#include "nets/table.h"

namespace gradus {

/// What the classes of a data set are called. Folders named by WordNet's numbers are looked up in `file`, lines
/// "n01443537 goldfish, Carassius auratus" with a space or a tab behind the number; without a file in the ImageNet
/// labels where those are. Others are called what their folder is called.
///
/// throws    for a file that cannot be read, or that does not know one of the classes
std::vector<ClassLabel> class_labels(const std::vector<std::string>& folders, const std::string& file);

}  // namespace gradus
