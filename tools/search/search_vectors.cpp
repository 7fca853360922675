#include "tools/search/search_vectors.h"

#include <cmath>
#include <cstring>

#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/largest.h"
#include "ops/pin.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"

namespace gradus {

template <class Record>
SearchVectors::Step SearchVectors::planned(const Record& record) {
    Step step;
    step.graph = std::make_unique<Graph>();
    step.outputs = record(*step.graph);
    step.plan = std::make_unique<Plan>(*step.graph, step.outputs, plans_);
    return step;
}

SearchVectors::SearchVectors(const Tensor& x, const Tensor& gradient, int history, const Box& box,
                             const PlanOptions& plans)
    : x_(x),
      gradient_(gradient),
      kept_(zeros(x.spec())),
      begin_(zeros(x.spec())),
      direction_(zeros(x.spec())),
      t_(zeros(Spec(Shape{1}, x.dtype()))),
      state_(lbfgs_state(x.spec(), history)),
      box_(box),
      plans_(plans),
      boxed_(std::isfinite(box.lo) || std::isfinite(box.hi)) {
    const auto copy = [](Graph& g, const Tensor& to, const Tensor& from) { return assign(g.leaf(to), g.leaf(from)); };
    const auto in_box = [this](Var v) { return boxed_ ? clip(v, box_.lo, box_.hi) : v; };
    using Vars = std::vector<Var>;
    if (boxed_) enter_ = planned([&](Graph& g) { return Vars{assign(g.leaf(x_), in_box(g.leaf(x_)))}; });
    begun_ = planned([&](Graph& g) { return Vars{copy(g, begin_, x_), copy(g, kept_, gradient_)}; });
    keep_ = planned([&](Graph& g) { return Vars{copy(g, kept_, gradient_)}; });
    go_ = planned([&](Graph& g) {
        const Var moved = add(g.leaf(begin_), multiply(g.leaf(direction_), g.leaf(t_)));
        return Vars{assign(g.leaf(x_), in_box(moved))};
    });
    back_ = planned([&](Graph& g) { return Vars{copy(g, x_, begin_)}; });
    restore_ = planned([&](Graph& g) { return Vars{copy(g, gradient_, kept_)}; });
    make_aim();
    slope_ = planned([&](Graph& g) {
        const Var d = g.leaf(direction_);
        return Vars{dot(g.leaf(gradient_), boxed_ ? pin(d, g.leaf(x_), d, box_) : d)};
    });
    size_ = planned([&](Graph& g) {
        const Var slope = g.leaf(gradient_);
        return Vars{largest(boxed_ ? pin(slope, g.leaf(x_), scale(slope, -1), box_) : slope)};
    });
    change_ = planned([&](Graph& g) { return Vars{largest(subtract(g.leaf(x_), g.leaf(begin_)))}; });
}

// In a box the pairs are those of the whole gradient, and the direction that of its free part. Both want the products
// of the history with another vector, so the pair goes into the history first; the direction's own products then find
// no new pair, since x is where it was.
void SearchVectors::make_aim() {
    struct Made {
        Var history, memory, direction;
        std::vector<Var> coefficients;
    };
    const auto lbfgs = [this](Var x, Var gradient) {
        Graph& g = *x.graph;
        const Var history = g.leaf(state_.history), memory = g.leaf(state_.memory);
        const std::vector<Var> made = lbfgs_coefficients(lbfgs_products(history, x, gradient), memory, {.eps = 0});
        return Made{history, memory, lbfgs_direction(history, x, gradient, made[0]), made};
    };
    const auto remembered = [](const Made& m, Var x, Var gradient) {
        return std::vector<Var>{lbfgs_push(m.history, x, gradient, m.coefficients[0]),
                                assign(m.memory, m.coefficients[1])};
    };
    if (boxed_)
        remember_ = planned([&](Graph& g) {
            const Var x = g.leaf(x_), slope = g.leaf(gradient_);
            return remembered(lbfgs(x, slope), x, slope);
        });
    aim_ = planned([&](Graph& g) {
        const Var x = g.leaf(x_), slope = g.leaf(gradient_), down = boxed_ ? scale(slope, -1) : slope;
        const Made made = lbfgs(x, boxed_ ? pin(slope, x, down, box_) : slope);
        Var d = made.direction;
        if (boxed_) d = pin(d, x, down, box_);
        if (boxed_) d = pin(d, x, d, box_);
        std::vector<Var> outputs{dot(slope, d), largest(d), assign(g.leaf(direction_), d)};
        if (!boxed_)
            for (const Var v : remembered(made, x, slope)) outputs.push_back(v);
        return outputs;
    });
}

void SearchVectors::enter() {
    if (boxed_) enter_.run();
}
void SearchVectors::begin() { begun_.run(); }
void SearchVectors::keep() { keep_.run(); }
void SearchVectors::back() { back_.run(); }
void SearchVectors::restore_gradient() { restore_.run(); }

void SearchVectors::go(double t) {
    if (t_.dtype() == DType::f64)
        t_.values_to_write<double>()[0] = t;
    else
        t_.values_to_write<float>()[0] = static_cast<float>(t);
    go_.run();
}

SearchVectors::Aim SearchVectors::aim() {
    if (boxed_) remember_.run();
    aim_.run();
    return {aim_.number(0), aim_.number(1)};
}
void SearchVectors::forget() { std::memset(state_.memory.writable(), 0, state_.memory.spec().bytes()); }

double SearchVectors::slope() {
    slope_.run();
    return slope_.number(0);
}
double SearchVectors::largest_slope() {
    size_.run();
    return size_.number(0);
}
double SearchVectors::largest_change() {
    change_.run();
    return change_.number(0);
}

}  // namespace gradus
