#include "tools/search/tiled_step.h"

#include "engine/require.h"
#include "ops/assign.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"

namespace gradus {

TiledStep::TiledStep(const Net& net, const SearchItem& item, const SearchOptions& o, const Tiling& tiling,
                     const PlanOptions& plans)
    : input_(item.numbers), arena_(plans.arena) {
    require(o.redirected == 0, "search: {} steps through dead ReLUs do not go with a picture in parts, expected none",
            o.redirected);
    for (const ObjectiveTerm& term : item.objective.terms)
        require(o.transforms.empty() || !term.mask || term.layers.empty(),
                "{}: has a mask that moves with the picture, which cannot be looked at in parts then; expected no "
                "transforms",
                term.name);
    Graph g;
    const RecordedItem r = record_picture(g, item, o, tiling.height, tiling.width);
    if (r.input.id != r.numbers.id) {
        input_ = zeros(Spec(r.input.shape(), r.input.dtype()));
        make_input_ = std::make_unique<Plan>(g, std::vector<Var>{assign(g.leaf(input_, "input"), r.input)}, plans);
    }
    objective_ =
        std::make_unique<TiledObjective>(net, item.objective, input_, item.step, o.steps, tiling, o.activations, plans);
    record_move(net, item, o, tiling, plans);
}

/// The slope of what the net saw goes back to the numbers, and with it that of the terms which read the picture only.
void TiledStep::record_move(const Net& net, const SearchItem& item, const SearchOptions& o, const Tiling& tiling,
                            const PlanOptions& plans) {
    Graph g;
    RecordedItem r = record_picture(g, item, o, tiling.height, tiling.width);
    const Scene scene(
        {.picture = r.picture, .input = r.input, .step = r.step, .steps = o.steps, .layers = net.record(r.input)});
    Objective of_picture;
    std::vector<Var> values, values_of_picture;
    for (std::size_t i = 0; i < item.objective.terms.size(); ++i) {
        const ObjectiveTerm& term = item.objective.terms[i];
        const std::optional<Var> there = objective_->value(g, i);
        values.push_back(there ? *there : term.value(scene_of(term, scene)));
        if (there) continue;
        of_picture.terms.push_back(term);
        values_of_picture.push_back(values.back());
    }
    r.objective = weigh(item.objective, values, r.step, o.steps);
    Var slope = g.leaf(objective_->slope(), "slope");
    if (make_input_ || !of_picture.terms.empty()) {
        Var cost = dot(r.input, slope);
        if (!of_picture.terms.empty())
            cost = add(cost, scale(weigh(of_picture, values_of_picture, r.step, o.steps).total, -1));
        slope = grad(cost, {r.numbers})[0];
    }
    move_ = std::make_unique<Plan>(g, gradus::record_move(r, slope, item, o), plans);
}

void TiledStep::run() {
    if (make_input_) make_input_->run();
    objective_->run();
    move_->run();
}

MemoryReport TiledStep::memory() const {
    MemoryReport all = objective_->memory();
    all.arena = arena_->bytes();
    if (make_input_) all.leaves += input_.spec().bytes();
    return all;
}

}  // namespace gradus
