#include "ops/largest.h"

#include <cmath>
#include <limits>

#include "ops/reduce.h"
#include "tests/check.h"

using namespace gradus;

namespace {

const std::vector<Shape> shapes{{1}, {2, 3, 5, 7}, {1, 75, 75, 3}, {40001}};

/// On every device; on the processor by the reference too.
template <class F>
void with_every_kernel(const F& f) {
    for (Device* device : test::devices()) {
        f(PlanOptions{.device = device});
        if (device->kind() == DeviceKind::cpu) f(PlanOptions{.device = device, .kernels = KernelFilter("reference")});
    }
}

}  // namespace

TEST_SUITE("largest") {
    TEST_CASE("every kernel agrees with the reference") {
        for (const Shape& shape : shapes)
            test::check_op({.name = "largest " + to_string(shape),
                            .shapes = {shape},
                            .f = [](const std::vector<Var>& in) { return largest(in[0]); },
                            .differentiable = {},
                            .bf16 = false});
    }
    TEST_CASE("finds it wherever it is, and negative ones") {
        with_every_kernel([](const PlanOptions& options) {
            for (const Shape& shape : shapes)
                for (const std::int64_t at : {std::int64_t{0}, shape.size() / 2, shape.size() - 1}) {
                    Graph g;
                    Tensor x = test::noise_tensor(shape);
                    x.values_to_write<float>()[static_cast<std::size_t>(at)] = -3.5f;
                    CHECK(value(largest(g.leaf(x)), options).values<float>()[0] == 3.5f);
                }
        });
    }
    TEST_CASE("is NaN where there is one, and infinite only without") {
        const float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
        with_every_kernel([&](const PlanOptions& options) {
            for (const bool negative : {false, true}) {
                Graph g;
                Tensor x = test::noise_tensor({40001});
                x.values_to_write<float>()[7] = -infinite;
                CHECK(value(largest(g.leaf(x)), options).values<float>()[0] == infinite);
                x.values_to_write<float>()[30000] = negative ? -nan : nan;
                CHECK(std::isnan(value(largest(g.leaf(x)), options).values<float>()[0]));
            }
        });
    }
    TEST_CASE("has no gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({4}));
        test::check_refuses([&] { grad(largest(x), {x}); }, "largest has no gradient");
    }
}
