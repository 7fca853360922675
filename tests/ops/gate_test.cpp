#include "ops/gate.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "ops/pointwise.h"
#include "ops/slice_channels.h"
#include "tests/cases/every_op.h"
#include "tests/check.h"

using namespace gradus;

namespace {

/// Noise with NaN and infinities in it; whole numbers where the type has no such.
Tensor wild(const Shape& shape, DType dtype) {
    if (dtype == DType::i32) {
        Tensor t(Spec(shape, dtype));
        const auto values = t.values_to_write<std::int32_t>();
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int32_t>(i * 2654435761u);
        return t;
    }
    std::vector<float> values = test::noise(shape.size());
    for (std::size_t i = 0; i < values.size(); i += 3)
        values[i] = i % 2 == 0 ? std::nanf("") : -std::numeric_limits<float>::infinity();
    return Tensor(shape, values).to(dtype);
}

bool same_bytes(const Tensor& a, const Tensor& b) {
    return a.spec() == b.spec() && std::memcmp(a.data(), b.data(), a.spec().bytes()) == 0;
}
bool all_zero(const Tensor& t) {
    const auto* bytes = static_cast<const unsigned char*>(t.data());
    return std::count(bytes, bytes + t.spec().bytes(), 0) == static_cast<std::ptrdiff_t>(t.spec().bytes());
}

/// Open, closed by either reason or by a negative number, and open again: one plan, by every kernel on every device.
void check_gate(const Var x, const Tensor& expected) {
    Graph& g = *x.graph;
    Tensor stop(Spec(Shape{1}, DType::i32));
    const Var y = gate(x, g.leaf(stop));
    for (Device* device : test::devices())
        for (const char* kernel : {"", "gate=reference"}) {
            if (*kernel != 0 && device->kind() != DeviceKind::cpu) continue;
            for (const int threads : {1, 2}) {
                Plan plan(g, {y}, {.device = device, .threads = threads, .kernels = KernelFilter(kernel)});
                plan.poison();
                for (const std::int32_t reason : {0, 1, 2, -1, 0}) {
                    CAPTURE(device->name());
                    CAPTURE(kernel);
                    CAPTURE(reason);
                    stop.values_to_write<std::int32_t>()[0] = reason;
                    plan.run();
                    CHECK((reason == 0 ? same_bytes(plan.read(y), expected) : all_zero(plan.read(y))));
                }
            }
        }
}

}  // namespace

TEST_SUITE("gate") {
    TEST_CASE("lets everything through, or nothing, NaN included, in every type") {
        for (const DType dtype : {DType::f32, DType::bf16, DType::f64, DType::i32})
            for (const Shape& shape :
                 {Shape{1}, Shape{7}, Shape{2, 5, 7, 3}, Shape{1, 4, 4, 16}, Shape{1, 75, 75, 3}}) {
                CAPTURE(to_string(Spec(shape, dtype)));
                Graph g;
                const Tensor x = wild(shape, dtype);
                check_gate(g.leaf(x), x);
            }
    }
    TEST_CASE("slices of wider tensors") {
        for (const DType dtype : {DType::f32, DType::bf16})
            for (const auto& [first, channels] : {std::pair{0, 8}, {8, 4}, {5, 3}, {15, 1}}) {
                Graph g;
                const Var part =
                    slice_channels(scale(g.leaf(test::noise_tensor({2, 9, 9, 16}, 3, dtype)), 1), first, channels);
                const PlanOptions plain{.device = &cpu_device(), .kernels = KernelFilter("scale=reference")};
                check_gate(part, value(part, plain));
            }
    }
    TEST_CASE("works in place: takes no memory of its own") {
        Graph g;
        const Tensor x = test::noise_tensor({1, 32, 32, 3});
        const Var same = scale(g.leaf(x), 1), y = gate(same, cases::whole_numbers(g, {1}, {0}));
        for (Device* device : test::devices()) {
            const Plan without(g, {same}, {.device = device}), with(g, {y}, {.device = device});
            CHECK(with.memory().arena == without.memory().arena);
        }
        check_gate(same, x);
    }
    TEST_CASE("refuses a stop that is no whole number, and has no gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3})), stop = cases::whole_numbers(g, {1}, {0});
        test::check_refuses([&] { gate(x, g.number(0)); }, "gate: was given the stop f32 (1), expected i32 (1)");
        test::check_refuses([&] { gate(x, cases::whole_numbers(g, {2}, {0, 0})); }, "the stop i32 (2)");
        test::check_refuses([&] { grad(test::project(gate(x, stop)), {x}); }, "gate has no gradient");
    }
}
