#include "engine/packed.h"

#include "ops/pointwise.h"
#include "tests/check.h"

using namespace gradus;

namespace {

int times_packed = 0;

/// y = x + w, by a kernel that wants w negated.
Var add_packed(Var x, Var w) {
    static const Op op = [] {
        Candidate c;
        c.name = "test";
        c.run = [](const Call& call) {
            const auto n = call.out[0].spec.shape.size();
            const auto* in = static_cast<const float*>(call.in[0].data);
            const auto* negated = static_cast<const float*>(call.in[1].data);
            for (std::int64_t i = 0; i < n; ++i) static_cast<float*>(call.out[0].data)[i] = in[i] - negated[i];
        };
        c.packing = {.input = 1,
                     .key = [](const Problem&, void*) { return "test negated"; },
                     .bytes = [](const Problem& p, void*) { return p.in[1].bytes(); },
                     .run =
                         [](const Problem& p, void*, const void* from, void* to, Stream) {
                             ++times_packed;
                             for (std::int64_t i = 0; i < p.in[1].shape.size(); ++i)
                                 static_cast<float*>(to)[i] = -static_cast<const float*>(from)[i];
                         }};
        return Op{.name = "test_packed",
                  .infer = [](const Problem& p) -> std::vector<Spec> { return {p.in[0]}; },
                  .candidates = {c}};
    }();
    return call(op, {x, w});
}

}  // namespace

TEST_SUITE("packed weights") {
    TEST_CASE("are packed once for all plans, and again when the tensor has changed") {
        times_packed = 0;
        Tensor weights({2}, {1, 2});
        Graph g, other;
        Var y = add_packed(g.leaf(Tensor({2}, {10, 20})), g.leaf(weights));
        Var z = add_packed(other.leaf(Tensor({2}, {5, 5})), other.leaf(weights));
        Plan a(g, {y}), b(other, {z});
        CHECK(times_packed == 0);  // planning computes nothing
        for (int i = 0; i < 3; ++i) {
            a.run();
            b.run();
        }
        CHECK(times_packed == 1);
        CHECK(a.read(y).values<float>()[1] == 22);
        CHECK(b.read(z).values<float>()[1] == 7);
        CHECK(a.memory().packed == 8);

        weights.values_to_write<float>()[1] = 3;
        b.run();
        a.run();
        CHECK(times_packed == 2);
        CHECK(a.read(y).values<float>()[1] == 23);
        CHECK(b.read(z).values<float>()[1] == 8);
    }
    TEST_CASE("that an op makes are packed in every run, in scratch") {
        times_packed = 0;
        Graph g;
        Tensor weights({2}, {1, 2});
        Var y = add_packed(g.leaf(Tensor({2}, {10, 20})), scale(g.leaf(weights), 2));
        Plan plan(g, {y});
        plan.run();
        weights.values_to_write<float>()[0] = 3;
        plan.poison();
        plan.run();
        CHECK(times_packed == 2);
        CHECK(plan.read(y).values<float>()[0] == 16);
        CHECK(plan.memory().packed == 0);
    }
    TEST_CASE("go away with the last plan that holds them") {
        times_packed = 0;
        Graph g;
        Var y = add_packed(g.leaf(Tensor({2}, {10, 20})), g.leaf(Tensor({2}, {1, 2})));
        for (int i = 0; i < 2; ++i) value(y);
        CHECK(times_packed == 2);
    }
}
