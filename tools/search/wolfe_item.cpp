#include "tools/search/wolfe_item.h"

#include <algorithm>

#include "engine/require.h"
#include "ops/assign.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"

namespace gradus {
namespace {

/// Whether y was made of x, in whatever way.
bool made_of(Var y, Var x) {
    const Graph& graph = *y.graph;
    std::vector<bool> of(static_cast<std::size_t>(graph.size()), false);
    of[static_cast<std::size_t>(x.id)] = true;
    for (const Node& node : graph.nodes())
        if (std::any_of(node.in.begin(), node.in.end(), [&](int in) { return of[static_cast<std::size_t>(in)]; }))
            for (const int out : node.out) of[static_cast<std::size_t>(out)] = true;
    return of[static_cast<std::size_t>(y.id)];
}

SearchEnd end_of(StopReason reason) {
    switch (reason) {
        case StopReason::small_gradient:
            return SearchEnd::no_slope;
        case StopReason::no_change:
            return SearchEnd::no_change;
        case StopReason::line_search:
            return SearchEnd::nothing_better;
        case StopReason::not_finite:
            return SearchEnd::not_finite;
        case StopReason::watcher:
            return SearchEnd::stopped;
        case StopReason::steps:
            break;
    }
    return SearchEnd::steps;
}

}  // namespace

void check_along_lines(const SearchOptions& o) {
    const std::string& name = o.optimizer.name;
    require(o.transforms.empty(),
            "search: {} was given the transform {}, expected none: it compares places of one objective, which another "
            "view would change",
            name, o.transforms.empty() ? "" : o.transforms[0].name);
    require(o.tidies.empty(), "search: {} was given {} for after each step, expected nothing else to move the picture",
            name, o.tidies.empty() ? "" : o.tidies[0].name);
    require(!o.smooth, "search: {} was given a way to smooth gradients, expected to go along them as they are", name);
    require(o.average == 0, "search: {} was given the decay {} of an average, expected none: it looks for one point",
            name, o.average);
    require(o.redirected == 0,
            "search: {} was given {} steps through dead ReLUs, expected none: their gradient is not the objective's",
            name, o.redirected);
}

WolfeItem::WolfeItem(const Net& net, const SearchItem& item, const SearchOptions& o, int height, int width,
                     const PlanOptions& plans)
    : item_(item), options_(o), plans_(plans), gradient_(zeros(item.numbers.spec())) {
    for (const ObjectiveTerm& term : item.objective.terms)
        require(!term.compares_pictures, "search: {} looks at each picture by itself, but {} compares those of a batch",
                o.optimizer.name, term.name);
    RecordedItem r = record_picture(graph_, item, o, height, width);
    const Layers layers = net.record(r.input, {.activations = o.activations, .wanted = item.objective.layers()});
    record_objective(r, item, o, layers, 0, 1);
    require(!made_of(r.objective.total, r.step),
            "search: {} was given an objective that changes from step to step, expected one that stays what it is",
            o.optimizer.name);
    const Var gradient = grad(scale(r.objective.total, -1), {r.numbers})[0];
    numbers_ = {r.objective.total, r.objective.wanted, sqrt(sum_squares(gradient))};
    numbers_.insert(numbers_.end(), r.objective.values.begin(), r.objective.values.end());
    std::vector<Var> outputs = numbers_;
    outputs.push_back(assign(graph_.leaf(gradient_, "gradient"), gradient));
    plan_ = std::make_unique<Plan>(graph_, outputs, plans);
}

double WolfeItem::evaluate() {
    plan_->run();
    std::vector<double> row;
    for (const Var number : numbers_) row.push_back(plan_->number(number));
    seen_.push_back(row);
    return -row[note_objective];
}

void WolfeItem::begin() {
    WolfeOptions o = *options_.optimizer.along_lines;
    o.steps = options_.steps;
    o.box = options_.written.box;
    seen_.clear();
    rows_.clear();
    looked_ = 0;
    search_.reset();  // its memory is free before that of the next one is asked for
    search_ = std::make_unique<LbfgsSearch>(
        item_.numbers, gradient_, [this] { return evaluate(); }, o, plans_);
    moved();
}

/// The numbers of the picture as it is are those of the evaluation that the step ended at, which need not be the last.
void WolfeItem::moved() {
    rows_.push_back(seen_[static_cast<std::size_t>(search_->now().found - looked_ - 1)]);
    end_ = {};
    if (search_->over()) end_ = end_of(*search_->over());
    const bool reached = options_.until && rows_.back()[note_wanted] >= *options_.until;
    if (reached && end_ != SearchEnd::not_finite) end_ = SearchEnd::reached;
}

bool WolfeItem::step() {
    if (end_) return false;
    seen_.clear();
    looked_ = search_->now().evaluations;
    if (search_->step()) {
        moved();
        return true;
    }
    end_ = end_of(*search_->over());
    return false;
}

SearchResult WolfeItem::result(bool stopped) const {
    SearchResult result;
    result.end = end_ ? *end_ : stopped ? SearchEnd::stopped : SearchEnd::steps;
    result.steps = search_->now().step;
    result.evaluations = search_->now().evaluations;
    result.curves = empty_curves(item_);
    for (const std::vector<double>& row : rows_)
        for (std::size_t column = 0; column < row.size(); ++column) result.curves[column].values.push_back(row[column]);
    return result;
}

bool run_by_turns(const std::vector<std::unique_ptr<WolfeItem>>& items, const StepLook& look) {
    for (const auto& item : items) item->begin();
    for (int done = 0;;) {
        bool moved = false, over = true;
        double objective = 0;
        for (const auto& item : items) {
            moved = item->step() || moved;
            over = over && item->end();
            objective += item->objective();
        }
        if (moved) ++done;
        if (!look(done, objective, over)) return true;
        if (over) return false;
    }
}

}  // namespace gradus
