#pragma once
#include <memory>
#include <vector>

#include "engine/plan.h"
#include "ops/lbfgs.h"

namespace gradus {

/// The vectors of a search along lines, in memory of the plans' device, and what is done to them: each function runs a
/// plan, and numbers come to the host.
class SearchVectors {
public:
    SearchVectors(const Tensor& x, const Tensor& gradient, int history, const Box& box, const PlanOptions& plans);

    /// Moves x into the box.
    void enter();
    /// A step begins at x and its gradient.
    void begin();
    /// The gradient belongs to the point to fall back to.
    void keep();
    /// x to the place t along the line: from where the step began, along the direction, moved into the box.
    void go(double t);
    /// x to where the step began.
    void back();
    /// The gradient that was kept.
    void restore_gradient();

    /// Remembers the newest pair and makes a direction; without any pair, steepest descent.
    struct Aim {
        double slope = 0;    // along it
        double largest = 0;  // its largest entry
    };
    Aim aim();
    /// Forgets all pairs.
    void forget();

    /// The slope along the direction, at x with its gradient.
    double slope();
    /// The largest entry of the gradient that the box lets count.
    double largest_slope();
    /// The largest change since the step began.
    double largest_change();

private:
    struct Step {
        std::unique_ptr<Graph> graph;
        std::vector<Var> outputs;
        std::unique_ptr<Plan> plan;

        void run() { plan->run(); }
        double number(std::size_t i) const { return plan->number(outputs[i]); }
    };
    template <class Record>
    Step planned(const Record& record);
    void make_aim();

    Tensor x_, gradient_, kept_, begin_, direction_, t_;
    LbfgsState state_;
    Box box_;
    PlanOptions plans_;
    bool boxed_ = false;
    Step enter_, begun_, keep_, go_, back_, restore_, remember_, aim_, slope_, size_, change_;
};

}  // namespace gradus
