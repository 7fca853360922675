#pragma once
#include <vector>

#include "engine/plan.h"
#include "nets/net.h"
#include "tools/train/loader.h"

namespace gradus {

/// How well a net names pictures that it was not trained on.
struct Accuracy {
    int pictures = 0, first = 0, among_five = 0;  // how often the first is right, and one of the first five
    double top1() const { return pictures > 0 ? 100.0 * first / pictures : 0; }
    double top5() const { return pictures > 0 ? 100.0 * among_five / pictures : 0; }
};

/// Goes once through a loader that is not for training.
///
/// cost      a forward pass per picture
Accuracy evaluate(const Net& net, Loader& loader, const Shape& pictures, DType activations, const PlanOptions& plans);

}  // namespace gradus
