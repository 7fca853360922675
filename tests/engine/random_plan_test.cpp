// Random graphs: what a plan computes, with everything folded, fused and in place, against each op run alone.
#include <algorithm>
#include <random>

#include "engine/plan.h"
#include "engine/schedule.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/concat.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/relu.h"
#include "ops/reshape.h"
#include "ops/slice.h"
#include "ops/slice_channels.h"
#include "tests/check.h"

using namespace gradus;

namespace {

/// Every value of the graph, each op in a plan of its own: nothing to fold, no memory to share.
std::vector<Tensor> one_by_one(const Graph& graph) {
    std::vector<Tensor> values;
    for (int id = 0; id < graph.size(); ++id) {
        const Value& v = graph.value(id);
        if (v.node < 0) {
            values.push_back(v.leaf);
            continue;
        }
        const Node& node = graph.nodes()[static_cast<std::size_t>(v.node)];
        if (node.op->kind == OpKind::assign) {  // would write the state
            values.push_back(values[static_cast<std::size_t>(node.in[1])]);
            continue;
        }
        Graph alone;
        std::vector<Var> in;
        for (const int i : node.in) in.push_back(alone.leaf(values[static_cast<std::size_t>(i)]));
        const Var y =
            alone.call(*node.op, in, *node.attrs)
                .at(static_cast<std::size_t>(std::find(node.out.begin(), node.out.end(), id) - node.out.begin()));
        values.push_back(value(y));
    }
    return values;
}

struct Random {
    std::mt19937 rng;
    int below(std::int64_t n) { return static_cast<int>(rng() % static_cast<unsigned>(n)); }
    template <class T>
    const T& one_of(const std::vector<T>& list) {
        return list[static_cast<std::size_t>(below(static_cast<std::int64_t>(list.size())))];
    }
};

Var random_op(Random& r, const std::vector<Var>& values) {
    const Var x = r.one_of(values);
    std::vector<Var> alike, beside;  // of the shape of x; with its pixels
    for (const Var v : values) {
        if (v.shape() == x.shape()) alike.push_back(v);
        if (v.shape().rank() == x.shape().rank() && v.shape().pixels() == x.shape().pixels() &&
            v.shape()[0] == x.shape()[0])
            beside.push_back(v);
    }
    const Shape& shape = x.shape();
    switch (r.below(13)) {
        case 0:
        case 1:
        case 2:
            return add(x, r.one_of(alike));
        case 3:
            return relu(x);
        case 4:
            return sigmoid(x);
        case 5:
            return scale(x, 0.75);
        case 6:
            return multiply(x, r.one_of(alike));
        case 7: {
            const int first = r.below(shape.channels());
            return slice_channels(x, first, 1 + r.below(shape.channels() - first));
        }
        case 8: {
            const auto axis = static_cast<std::size_t>(r.below(static_cast<std::int64_t>(shape.rank())));
            const int first = r.below(shape[axis]);
            return slice(x, static_cast<int>(axis), first, 1 + r.below(shape[axis] - first));
        }
        case 9: {
            std::vector<Var> parts{x};
            for (int i = r.below(3); i >= 0 && parts.size() < 3; --i) parts.push_back(r.one_of(beside));
            return shape.channels() > 40 ? relu(x) : concat(parts);
        }
        case 10:
            return shape.channels() % 2 == 0 ? reshape(x, {shape.pixels() * 2, shape.channels() / 2})
                                             : reshape(x, {shape.pixels(), shape.channels()});
        case 11:
            return subtract(x, r.one_of(alike));
        default: {
            // A value with one number per channel, where there is one.
            for (const Var v : values)
                if (v.shape() == Shape{shape.channels()}) return multiply(x, v);
            const Var any = r.one_of(values);
            return multiply(x, slice_channels(reshape(any, {any.shape().size()}), r.below(any.shape().size()), 1));
        }
    }
}

/// No two roots, nor the scratch of a step and a root, that live at the same time overlap in the arena.
void check_layout(const Schedule& s) {
    struct Block {
        std::size_t first, last;
        Lifetime life;
    };
    std::vector<Block> blocks;
    for (int v = 0; v < static_cast<int>(s.values.size()); ++v) {
        const PlannedValue& value = s.value(v);
        if (value.is_leaf() || value.link != Link::none) continue;
        const Lifetime life = lifetime(s, v);
        if (life.to >= 0) blocks.push_back({value.address, value.address + value.spec.bytes(), life});
    }
    for (int i = 0; i < static_cast<int>(s.steps.size()); ++i)
        if (s.step(i).scratch_bytes > 0)
            blocks.push_back({s.step(i).scratch_address, s.step(i).scratch_address + s.step(i).scratch_bytes, {i, i}});
    for (std::size_t a = 0; a < blocks.size(); ++a) {
        CHECK(blocks[a].last <= s.arena_bytes);
        for (std::size_t b = 0; b < a; ++b) {
            const bool together = blocks[a].life.from <= blocks[b].life.to && blocks[b].life.from <= blocks[a].life.to;
            const bool apart = blocks[a].last <= blocks[b].first || blocks[b].last <= blocks[a].first;
            CHECK((!together || apart));
        }
    }
}

void check_seed(unsigned seed) {
    CAPTURE(seed);
    Random r{std::mt19937(seed)};
    Graph g;
    Tensor state = test::noise_tensor({2, 3, 4}, seed + 1, DType::f64);
    std::vector<Var> values{g.leaf(state), g.leaf(test::noise_tensor({2, 3, 4}, seed + 2, DType::f64)),
                            g.leaf(test::noise_tensor({4}, seed + 3, DType::f64))};
    const int ops = 3 + r.below(25);
    for (int i = 0; i < ops; ++i) {
        const Var v = random_op(r, values);
        if (v.shape().size() > 0) values.push_back(v);
    }

    std::vector<Var> outputs;
    for (int i = r.below(3); i >= 0; --i) outputs.push_back(r.one_of(values));
    if (r.below(2) == 0) {
        // The gradient of something that depends on the first leaf, with respect to it and to a value on the way.
        const Var loss =
            add(sum_squares(r.one_of(values)),
                sum(multiply(values[0], r.one_of(values).shape() == values[0].shape() ? values[1] : values[0])));
        outputs.push_back(grad(loss, {values[0]})[0]);
        if (r.below(2) == 0) outputs.push_back(loss);
    }
    for (const Var v : values)
        if (v.shape() == values[0].shape() && v.id > 2 && r.below(4) == 0) {
            outputs.push_back(assign(values[0], v));
            break;
        }

    const std::vector<Tensor> expected = one_by_one(g);
    const std::vector<double> old(state.values<double>().begin(), state.values<double>().end());
    Plan plan(g, outputs);
    check_layout(plan.schedule());
    for (int run = 0; run < 2; ++run) {
        std::copy(old.begin(), old.end(), state.values_to_write<double>().begin());
        plan.poison();
        plan.run();
        for (const Var v : outputs)
            if (v.id != values[0].id)  // the state itself is as the run left it
                CHECK_MESSAGE(test::relative_error(plan.read(v), expected[static_cast<std::size_t>(v.id)]) < 1e-12,
                              "value ", v.id, " ", to_string(v.spec()), " of run ", run);
    }
}

}  // namespace

TEST_SUITE("random plans") {
    TEST_CASE("compute what their ops compute one by one") {
        for (unsigned seed = 0; seed < 300; ++seed) check_seed(seed);
    }
}
