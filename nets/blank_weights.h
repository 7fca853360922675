#pragma once
#include "weights/weights.h"

namespace gradus {

/// Weights of every shape asked for and without values: enough to record a net and look at it. They take no memory
/// until somebody touches them.
inline Weights blank_weights() {
    return Weights("no weights", [](const std::string&, const Shape& shape) { return Tensor(Spec(shape)); });
}

}  // namespace gradus
