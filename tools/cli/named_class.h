#pragma once
#include "nets/net.h"
#include "tools/search/subject.h"

namespace gradus {

/// The class of a net that is meant by an index, a synset or a name.
///
/// throws    for an unknown name, with the nearest ones; for a net without a classifier
Subject class_subject(const Net& net, const std::string& wanted);

}  // namespace gradus
