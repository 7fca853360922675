#include "engine/kernel_filter.h"

#include "ops/pointwise.h"
#include "tests/check.h"

using namespace gradus;

namespace {

std::string kernel_of(Var v, const char* rules) {
    return Plan(*v.graph, {v}, {.kernels = KernelFilter(rules)}).report().back().kernel;
}

}  // namespace

TEST_SUITE("kernel filter") {
    TEST_CASE("a name stands for itself and for what begins with it and a dot, or ends with a dot and it") {
        CHECK(KernelFilter::matches("cpu", "cpu"));
        CHECK(KernelFilter::matches("cpu", "cpu.winograd"));
        CHECK_FALSE(KernelFilter::matches("cpu", "cpux"));
        CHECK_FALSE(KernelFilter::matches("cpu.win", "cpu.winograd"));
        CHECK(KernelFilter::matches("winograd", "cpu.winograd"));
        CHECK_FALSE(KernelFilter::matches("grad", "cpu.winograd"));
        CHECK(KernelFilter::matches("hand", "cpu.winograd"));
        CHECK_FALSE(KernelFilter::matches("hand", "cpu.onednn"));
        CHECK_FALSE(KernelFilter::matches("hand", "reference"));
        CHECK(KernelFilter::matches("vendor", "cpu.onednn"));
        CHECK(KernelFilter::matches("vendor", "vendor.cudnn"));
        CHECK(KernelFilter::matches("cudnn", "vendor.cudnn"));
        CHECK_FALSE(KernelFilter::matches("hand", "vendor.cublas"));
    }
    TEST_CASE("the last rule that concerns an op wins") {
        Graph g;
        Var y = exp(g.number(1));
        CHECK(kernel_of(y, "") == "cpu");
        CHECK(kernel_of(y, "reference") == "reference");
        CHECK(kernel_of(y, "reference,exp=cpu") == "cpu");
        CHECK(kernel_of(y, "exp=cpu,reference") == "reference");
        CHECK(kernel_of(y, "log=reference") == "cpu");
    }
    TEST_CASE("a provider that an op does not have leaves it all of its own; one asked for by op must exist") {
        Graph g;
        Var y = exp(g.number(1));
        CHECK(kernel_of(y, "vendor") == "cpu");
        test::check_refuses(
            [&] { kernel_of(y, "exp=cpu.winograd"); },
            "plan: no kernel for exp of f32 (1) on cpu is called cpu.winograd; there are cpu, reference");
    }
    TEST_CASE("the message lists every kernel with its reason") {
        Graph g;
        Var y = exp(g.leaf(test::noise_tensor({1}, 1, DType::f64)));
        CHECK(kernel_of(y, "") == "reference");
        test::check_refuses([&] { kernel_of(y, "exp=cpu"); }, "cpu: takes f32, was given f64");
    }
    TEST_CASE("refuses what is not a rule") {
        for (const char* text : {"exp=", "=cpu", "cpu,,reference"})
            test::check_refuses([&] { KernelFilter filter(text); }, "is not a rule");
    }
}
