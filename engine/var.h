#pragma once
#include "engine/spec.h"

namespace gradus {

class Graph;

/// A value in a graph: an output of one node, or a leaf. Copy it freely.
struct Var {
    Graph* graph = nullptr;
    int id = -1;

    const Spec& spec() const;
    const Shape& shape() const { return spec().shape; }
    DType dtype() const { return spec().dtype; }
};

}  // namespace gradus
