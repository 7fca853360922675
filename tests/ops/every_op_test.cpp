#include "tests/cases/every_op.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ops/op_names.h"
#include "tests/check.h"

using namespace gradus;

namespace {

bool takes(const Node& node, const Graph& g, DeviceKind kind) {
    Problem p{.attrs = node.attrs.get(), .device = &cuda_on_cpu_device()};
    for (const int in : node.in) p.in.push_back(g.value(in).spec);
    for (const int out : node.out) p.out.push_back(g.value(out).spec);
    return std::any_of(node.op->candidates.begin(), node.op->candidates.end(),
                       [&](const Candidate& c) { return c.on == kind && (!c.declines || c.declines(p).empty()); });
}

/// Every op of every case, forward and backward.
void record_all(Graph& g, DType dtype) {
    for (const cases::EveryOpCase& c : cases::every_op())
        if (dtype != DType::bf16 || c.bf16) cases::record(g, c, dtype);
}

}  // namespace

TEST_SUITE("every op") {
    TEST_CASE("has a case, and every gradient") {
        Graph g;
        record_all(g, DType::f32);
        std::set<std::string> recorded;
        for (const Node& node : g.nodes()) recorded.insert(node.op->name);
        const std::vector<std::string> listed = op_names();
        for (const std::string& name : listed)
            CHECK_MESSAGE(recorded.count(name) == 1, name << " is not recorded by any case of tests/cases/every_op.h");
        for (const std::string& name : recorded)
            CHECK_MESSAGE(std::count(listed.begin(), listed.end(), name) == 1, name << " is not in ops/op_names.cpp");
    }
    TEST_CASE("has a CUDA kernel for whatever the processor serves") {
        std::vector<DeviceKind> kinds{DeviceKind::cuda_on_cpu};
#if GRADUS_HAVE_CUDA
        kinds.push_back(DeviceKind::cuda);
#endif
        for (const DType dtype : {DType::f32, DType::bf16}) {
            Graph g;
            record_all(g, dtype);
            for (const DeviceKind kind : kinds) {
                std::map<std::string, std::string> missing;  // op -> what it was given, once
                int served = 0;
                for (const Node& node : g.nodes()) {
                    if (!takes(node, g, DeviceKind::cpu)) continue;
                    ++served;
                    if (!takes(node, g, kind)) {
                        std::string given;
                        for (const int in : node.in) given += fmt::format(" {}", to_string(g.value(in).spec));
                        missing.emplace(node.op->name, given);
                    }
                }
                CHECK(served > 100);
                for (const auto& [name, given] : missing)
                    FAIL_CHECK(name << " has no kernel on " << to_string(kind) << " for" << given);
            }
        }
    }
#if GRADUS_HAVE_CUDA
    TEST_CASE("leaves NVIDIA's libraries for last on a GPU") {
        Graph g;
        record_all(g, DType::f32);
        std::set<std::string> names;
        for (const Node& node : g.nodes()) {
            bool vendor = false;
            for (const Candidate& c : node.op->candidates) {
                if (c.on != DeviceKind::cuda) continue;
                CHECK_MESSAGE((!vendor || KernelFilter::matches("vendor", c.name)), node.op->name << ": " << c.name);
                vendor = vendor || KernelFilter::matches("vendor", c.name);
            }
            if (vendor) names.insert(node.op->name);
        }
        CHECK(names == std::set<std::string>{"conv2d", "conv2d_input_grad", "conv2d_weight_grad", "gram",
                                             "gram_backward", "linear", "linear_input_grad", "linear_weight_grad",
                                             "matmul"});
    }
#endif
    TEST_CASE("is served by the processor in f32") {
        Graph g;
        record_all(g, DType::f32);
        for (const Node& node : g.nodes())
            CHECK_MESSAGE(takes(node, g, DeviceKind::cpu), node.op->name << " has no kernel on the processor");
    }
}
