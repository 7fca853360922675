#pragma once
// Compares an op with a golden of tests/golden: op_NAME_x, r, y and dx, where dx is the gradient of sum(r * y).
#include <functional>

#include "tests/check.h"
#include "tests/npy.h"

namespace gradus::test {

/// In f64 to 1e-12, and in f32 with every kernel the plan chooses to 5e-7.
inline void check_golden(const std::string& name, const std::function<Var(Var)>& f) {
    const Tensor x = golden("op_" + name + "_x"), r = golden("op_" + name + "_r");
    const Tensor y = golden("op_" + name + "_y"), dx = golden("op_" + name + "_dx");
    for (const DType dtype : {DType::f64, DType::f32}) {
        CAPTURE(name);
        CAPTURE(to_string(dtype));
        const double allowed = dtype == DType::f64 ? 1e-12 : 5e-7;
        Graph g;
        const Var in = g.leaf(x.to(dtype));
        const Var out = f(in);
        const Tensor weights = r.to(DType::f32);
        const Var loss = weighted_sum(out, {weights.values<float>().begin(), weights.values<float>().end()});
        const Var gradient = grad(loss, {in})[0];
        Plan plan(g, {out, gradient});
        plan.run();
        CHECK(relative_error(plan.read(out), y) <= allowed);
        // The weights of the sum are f32 here.
        CHECK(relative_error(plan.read(gradient), dx) <= std::max(allowed, 1e-7));
    }
}

}  // namespace gradus::test
