#pragma once
// What every optimizer's test asks: does each kernel write the states that the f64 reference writes, with the same
// bytes whoever runs it; does the plan's n-th run do what the n-th step should; and does the path agree with PyTorch's?
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/cuda_on_cpu/emulation.h"
#include "tests/check.h"
#include "tests/npy.h"

namespace gradus::test {

/// Records an optimizer with tensors of its own, in f32 or f64, and returns the states that it writes.
using Steps = std::function<std::vector<Var>(Graph&, DType)>;

/// All states after some runs; `again`: every run by another plan.
inline std::vector<Tensor> states_after(const Steps& record, DType dtype, int runs, const PlanOptions& options,
                                        bool again = false) {
    Graph g;
    const std::vector<Var> states = record(g, dtype);
    Plan plan(g, states, options);
    for (int i = 0; i < runs; ++i) {
        if (again) plan = Plan(g, states, options);
        plan.poison();
        plan.run();
    }
    std::vector<Tensor> values;
    for (const Var v : states) values.push_back(plan.read(v));
    return values;
}

inline bool same_bytes(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    bool same = a.size() == b.size();
    for (std::size_t i = 0; same && i < a.size(); ++i)
        same = std::memcmp(a[i].data(), b[i].data(), a[i].spec().bytes()) == 0;
    return same;
}

/// Every kernel on every device against the f64 reference; one thread against two, imitated threads in three orders,
/// one plan against a new one for every run, byte by byte.
inline void check_steps(const std::string& name, const Steps& record, int runs = 3, double allowed = 5e-7) {
    using kernels::emulation::Schedule;
    const std::vector<Tensor> exact = states_after(record, DType::f64, runs, {});
    for (Device* device : devices())
        for (const char* rule : {"", "reference"}) {
            if (*rule != 0 && device->kind() != DeviceKind::cpu) continue;
            const std::string what = name + " on " + device->name() + " " + rule;
            const PlanOptions one{.device = device, .threads = 1, .kernels = KernelFilter(rule)};
            const std::vector<Tensor> got = states_after(record, DType::f32, runs, one);
            for (std::size_t i = 0; i < got.size(); ++i)
                if (got[i].dtype() == DType::i32)
                    CHECK_MESSAGE(std::memcmp(got[i].data(), exact[i].data(), got[i].spec().bytes()) == 0,
                                  what << ": state " << i);
                else
                    CHECK_MESSAGE(relative_error(got[i], exact[i]) <= allowed,
                                  what << ": state " << i << " is off by " << relative_error(got[i], exact[i]));
            CHECK_MESSAGE(same_bytes(got, states_after(record, DType::f32, runs, one, true)), what << ": new plans");
            PlanOptions two = one;
            two.threads = 2;
            const Schedule usual = kernels::emulation::schedule();
            for (const auto order : {Schedule::Order::forward, Schedule::Order::reverse, Schedule::Order::random}) {
                if (device->kind() == DeviceKind::cuda_on_cpu) kernels::emulation::set_schedule({.order = order});
                CHECK_MESSAGE(same_bytes(got, states_after(record, DType::f32, runs, two)),
                              what << ": two threads, order " << static_cast<int>(order));
            }
            kernels::emulation::set_schedule(usual);
        }
}

/// The gradient of the function of tests/golden/make_optimizer_golden.py.
inline std::vector<double> golden_slope(const std::vector<double>& x) {
    std::vector<double> g(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const auto k = static_cast<double>(i);
        g[i] = (1 + k / 3) * (x[i] - std::sin(k)) - 0.9 * std::sin(3 * x[i]);
        if (i > 0) g[i] += 0.2 * (x[i] - x[i - 1]);
        if (i + 1 < x.size()) g[i] -= 0.2 * (x[i + 1] - x[i]);
    }
    return g;
}

/// Records a step of x along this gradient; the states that are asked for.
using Stepper = std::function<std::vector<Var>(Var x, Var gradient)>;

/// The path of an optimizer against PyTorch's: in f64, and in f32 on every device.
inline void check_path(const std::string& name, const Stepper& step, double allowed_f32) {
    const Tensor path = golden("optimizers/" + name);
    const auto n = static_cast<std::size_t>(path.shape()[1]);
    const auto walk = [&](DType dtype, Device& device, double allowed) {
        const Spec spec(Shape{path.shape()[1]}, dtype);
        Tensor x(spec), slope(spec);
        const auto fill = [dtype](Tensor& t, const std::vector<double>& values) {
            for (std::size_t i = 0; i < values.size(); ++i)
                if (dtype == DType::f64)
                    t.values_to_write<double>()[i] = values[i];
                else
                    t.values_to_write<float>()[i] = static_cast<float>(values[i]);
        };
        std::vector<double> at(n);
        for (std::size_t i = 0; i < n; ++i) at[i] = std::cos(2 * static_cast<double>(i));
        fill(x, at);
        Graph g;
        Plan plan(g, step(g.leaf(x), g.leaf(slope)), {.device = &device});
        double worst = 0;
        for (std::int64_t t = 0; t < path.shape()[0]; ++t) {
            fill(slope, golden_slope(at));
            plan.run();
            const Tensor now = x.to(DType::f64);
            at.assign(now.values<double>().begin(), now.values<double>().end());
            for (std::size_t i = 0; i < n; ++i)
                worst = std::max(worst, std::abs(at[i] - path.values<double>()[static_cast<std::size_t>(t) * n + i]));
        }
        CHECK_MESSAGE(worst <= allowed,
                      name << " in " << to_string(dtype) << " on " << device.name() << " is off by " << worst);
    };
    walk(DType::f64, cpu_device(), 1e-12);
    for (Device* device : devices()) walk(DType::f32, *device, allowed_f32);
}

/// One number of a type as a leaf.
inline Var number(Graph& g, double value, DType dtype) {
    Tensor exact(Spec(Shape{1}, DType::f64));
    exact.values_to_write<double>()[0] = value;
    return g.leaf(exact.to(dtype));
}

}  // namespace gradus::test
