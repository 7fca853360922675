#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan.h"

namespace gradus::bench {

/// Numbers in [-1, 1), the same for the same shape and seed.
Tensor noise(const Shape& shape, DType dtype = DType::f32, std::uint64_t seed = 1);

/// One call of an op, taken out of the graph of a larger computation to run by itself, on the values that its inputs
/// have there: a gradient op without the forward pass before it, indices that a pool really made.
class OpAlone {
public:
    /// The call of the op of this name in the graph; of several, the last. Without `values` nothing is computed and
    /// what other ops make is left blank: enough to ask for kernels. The options say where it runs, with how many
    /// threads and in which precision.
    ///
    /// throws    when there is none
    OpAlone(const Graph& graph, std::string_view op, PlanOptions options, bool values = true);

    const std::string& op() const { return graph_->nodes().back().op->name; }

    /// The kernels that take it, best first, without the reference.
    std::vector<std::string> kernels() const;

    /// Throws Error when the kernel does not take it. Without a kernel the planner chooses.
    Plan plan(const std::string& kernel = {}, std::shared_ptr<Arena> arena = {}) const;

private:
    std::unique_ptr<Graph> graph_ = std::make_unique<Graph>();
    std::vector<Var> out_;
    PlanOptions options_;
};

/// The gradient op that a pass back through an op records: "conv2d_input_grad", "relu_backward". Extends the graph by
/// the gradient of y (its sum of squares, unless it is one number) with respect to x.
std::string record_gradient(Graph& graph, Var y, Var x);

}  // namespace gradus::bench
