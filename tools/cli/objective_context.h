#pragma once
#include "engine/plan.h"
#include "nets/net.h"
#include "tools/search/language.h"

namespace gradus {

/// What names in an objective mean to a net. Pictures that it names are brought to height x width where the net is to
/// answer them.
LanguageContext objective_context(const Net& net, int height, int width, DType activations, const PlanOptions& plans);

}  // namespace gradus
