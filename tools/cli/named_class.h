#pragma once
#include "nets/net.h"
#include "tools/search/unit.h"

namespace gradus {

/// The class of a net that is meant by an index, a synset or a name.
///
/// throws    for an unknown name, with the nearest ones; for a net without a classifier
Unit named_class(const Net& net, const std::string& wanted);

}  // namespace gradus
