#pragma once
#include <any>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/op.h"
#include "engine/tensor.h"
#include "engine/var.h"

namespace gradus {

/// One call of an op, as recorded.
struct Node {
    const Op* op = nullptr;
    std::vector<int> in = {};
    std::vector<int> out = {};
    std::shared_ptr<const std::any> attrs = {};
};

/// A value as recorded: what it is, and where it comes from.
struct Value {
    Spec spec = {};
    int node = -1;     // the node that makes it; -1: a leaf
    Tensor leaf = {};  // the leaf's values
    std::string name = {};
};

/// An append-only tape. Nodes refer only backwards, so the order of the tape is an order of evaluation. Recording
/// computes nothing: a Plan does.
class Graph {
public:
    Graph() = default;
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;

    /// A leaf: the tensor itself, not a copy. What is written into it later is what later runs see.
    Var leaf(Tensor values, std::string name = {});
    /// A leaf with one number in f32.
    Var number(float value);

    /// Records one call and returns its outputs. Throws Error when the op refuses the inputs.
    std::vector<Var> call(const Op& op, std::vector<Var> in, std::any attrs = {});

    /// For printing: what the value is called.
    void name(Var value, std::string name);

    int size() const { return static_cast<int>(values_.size()); }
    const Value& value(int id) const { return values_[static_cast<std::size_t>(id)]; }
    const std::vector<Node>& nodes() const { return nodes_; }

private:
    std::vector<Node> nodes_;
    std::deque<Value> values_;  // a deque, so that a reference into it outlives the next call
};

/// Records one call of an op with one output.
Var call(const Op& op, std::vector<Var> in, std::any attrs = {});

/// Appends the gradient of the scalar `y` with respect to each of `wrt`, and nothing else: what lies off the paths from
/// `wrt` to `y` (frozen weights, say) costs nothing.
///
/// shapes    y (1) -> one gradient of the shape of each of wrt
/// cost      about that of y itself, for the ops on those paths
/// throws    when y is not one number, does not depend on one of wrt, or an op between them has no gradient
std::vector<Var> grad(Var y, const std::vector<Var>& wrt);

/// a + b, elementwise.
///
/// shapes    a, b the same -> the same
/// gradient  da = dy, db = dy; reads nothing
/// cost      1 flop and 12 bytes per element; nothing where a gradient kernel writes on top of the other term instead
/// throws    when shapes or types differ
Var add(Var a, Var b);

}  // namespace gradus
