#pragma once
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "engine/graph.h"

namespace gradus {

/// A text in double quotes as the language of Graphviz writes it.
std::string dot_quoted(const std::string& text);

/// The part of a graph that the outputs need, as a drawing for `dot -Tsvg`: a box an op with its name and the shape it
/// makes, an ellipse a leaf, thick ones the outputs. Ops from `first_backward` on (a place in graph.nodes()) are drawn
/// as the backward pass.
///
/// throws    when an output belongs to another graph
std::string dot(const Graph& graph, const std::vector<Var>& outputs,
                std::size_t first_backward = std::numeric_limits<std::size_t>::max());

}  // namespace gradus
