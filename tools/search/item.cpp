#include "tools/search/item.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/require.h"
#include "kernels/numbers.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/concat.h"
#include "ops/gate.h"
#include "ops/increment.h"
#include "ops/latch.h"
#include "ops/note.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/reshape.h"
#include "tools/image/tensor.h"
#include "tools/search/average.h"
#include "tools/search/mask.h"
#include "tools/search/noise.h"

namespace gradus {
namespace {

constexpr std::int64_t columns_of_note = kernels::Numbers::most;

/// What the numbers mean; with a mask, only inside it.
Var picture_of(Var numbers, const SearchItem& item, const SearchOptions& o, int height, int width) {
    Var picture = o.written.picture(numbers, height, width);
    if (!item.around) return picture;
    Graph& g = *numbers.graph;
    Var around = g.leaf(*item.around, "around");
    return add(around, multiply(subtract(picture, around), g.leaf(mask_for(*o.mask, picture.shape()))));
}

}  // namespace

SearchItem search_item(Objective objective, int number, const SearchOptions& o, int height, int width) {
    SearchItem item;
    item.number = number;
    item.numbers = zeros(Spec(o.written.shape(height, width)));
    item.step = whole_number(0);
    item.held = whole_number(0);
    const auto columns = static_cast<std::int64_t>(note_terms + objective.terms.size());
    for (std::int64_t first = 0; first < columns; first += columns_of_note)
        item.notes.push_back(zeros(Spec(Shape{o.steps, std::min(columns_of_note, columns - first)})));
    item.state = o.optimizer.start(item.numbers.spec());
    if (o.average > 0) item.average = average_state(item.numbers.spec());
    if (std::any_of(o.tidies.begin(), o.tidies.end(), [](const Tidy& tidy) { return tidy.asks_gradient; }))
        item.gradient = zeros(item.numbers.spec());
    if (o.mask) item.around = tensor_of(*o.around);
    item.objective = std::move(objective);
    return item;
}

void restart(SearchItem& item, const SearchOptions& o) {
    overwrite(item.step, whole_number(0));
    overwrite(item.held, whole_number(0));
    const OptimizerState fresh = o.optimizer.start(item.numbers.spec());
    for (std::size_t i = 0; i < fresh.size(); ++i) overwrite(item.state[i].second, fresh[i].second);
    for (Tensor& kept : item.average) overwrite(kept, zeros(kept.spec()));
}

RecordedItem record_picture(Graph& g, const SearchItem& item, const SearchOptions& o, int height, int width) {
    RecordedItem r{.numbers = g.leaf(item.numbers, "numbers"),
                   .step = g.leaf(item.step, "step"),
                   .held = g.leaf(item.held, "held"),
                   .picture = {},
                   .input = {}};
    r.picture = picture_of(r.numbers, item, o, height, width);
    r.input = r.picture;
    for (const Transform& transform : o.transforms)
        r.input = transform.apply(r.input, {.step = r.step, .seed = o.seed, .item = item.number});
    return r;
}

void record_objective(RecordedItem& r, const SearchItem& item, const SearchOptions& o, const Layers& layers, int index,
                      int count) {
    std::function<Var(Var)> moved;
    if (!o.transforms.empty())
        moved = [draw = Draw{.step = r.step, .seed = o.seed, .item = item.number, .of_mask = true}, &o](Var x) {
            for (const Transform& transform : o.transforms) x = transform.apply(x, draw);
            return x;
        };
    r.objective = record(item.objective, Scene({.picture = r.picture,
                                                .input = r.input,
                                                .moved = moved,
                                                .step = r.step,
                                                .steps = o.steps,
                                                .layers = layers,
                                                .item = index,
                                                .items = count}));
}

std::vector<Var> record_move(const RecordedItem& r, Var gradient, const SearchItem& item, const SearchOptions& o) {
    Graph& g = *r.numbers.graph;
    Var norm = sqrt(sum_squares(gradient));
    std::optional<Var> reached;
    if (o.until) reached = r.objective.wanted;
    Var stop = latch(r.held, {r.objective.total, norm}, reached, o.until.value_or(0));
    std::vector<Var> outputs;
    if (item.gradient) outputs.push_back(assign(g.leaf(*item.gradient, "gradient"), gradient));
    if (o.smooth) gradient = o.smooth(gradient, r.step);
    Var rate = o.optimizer.rate.record(r.step, o.steps);
    for (const Var out : o.optimizer.step(r.numbers, gate(gradient, stop), gate(rate, stop), o.written.box, item.state))
        outputs.push_back(out);
    if (o.average > 0)
        for (const Var out : record_average(r.numbers, stop, item.average, o.average)) outputs.push_back(out);
    std::vector<Var> notes{r.objective.total, r.objective.wanted, norm};
    notes.insert(notes.end(), r.objective.values.begin(), r.objective.values.end());
    for (auto first = notes.begin(); const Tensor& table : item.notes) {
        const auto end = first + table.shape()[1];
        outputs.push_back(note(g.leaf(table, "notes"), r.step, {first, end}));
        first = end;
    }
    outputs.push_back(assign(r.held, stop));
    outputs.push_back(assign(r.step, increment(r.step)));
    return outputs;
}

Var stack(const std::vector<Var>& pictures) {
    if (pictures.size() == 1) return pictures[0];
    std::vector<Var> flat;
    for (const Var picture : pictures) flat.push_back(reshape(picture, {1, picture.shape().size()}));
    Shape batch = pictures[0].shape();
    batch[0] = static_cast<std::int64_t>(pictures.size());
    return reshape(concat(flat), batch);
}

double noted(const SearchItem& item, int step, int column) {
    const Tensor& table = item.notes[static_cast<std::size_t>(column / columns_of_note)];
    const std::int64_t at = step * table.shape()[1] + column % columns_of_note;
    return static_cast<double>(table.values<float>()[static_cast<std::size_t>(at)]);
}

namespace {

/// The first step whose notes say what froze the picture: it moved nothing, and what came after was for other pictures.
/// The last one, if none does: a checkpoint's may be anything.
int step_that_held(const SearchItem& item, const SearchOptions& o, LatchReason held, int done) {
    for (int step = 0; step < done; ++step) {
        const bool finite =
            std::isfinite(noted(item, step, note_objective)) && std::isfinite(noted(item, step, note_gradient));
        const bool reached = o.until && noted(item, step, note_wanted) >= *o.until;
        if (held == LatchReason::reached ? reached : !finite) return step;
    }
    return std::max(done - 1, 0);
}

}  // namespace

std::vector<Curve> empty_curves(const SearchItem& item) {
    std::vector<Curve> curves{{"objective", {}}, {"wanted", {}}, {"gradient norm", {}}};
    for (const ObjectiveTerm& term : item.objective.terms) curves.push_back({term.name, {}});
    return curves;
}

SearchResult result_of(const SearchItem& item, const SearchOptions& o, int done, bool stopped) {
    SearchResult result;
    result.end = stopped ? SearchEnd::stopped : SearchEnd::steps;
    result.steps = done;
    int kept = done;
    const auto held = static_cast<LatchReason>(item.held.values<std::int32_t>()[0]);
    if (held != LatchReason::going_on) {
        result.end = held == LatchReason::reached ? SearchEnd::reached : SearchEnd::not_finite;
        result.steps = step_that_held(item, o, held, done);
        kept = std::min(result.steps + 1, done);
    }
    result.evaluations = result.steps;
    result.curves = empty_curves(item);
    for (std::size_t column = 0; column < result.curves.size(); ++column)
        for (int step = 0; step < kept; ++step)
            result.curves[column].values.push_back(noted(item, step, static_cast<int>(column)));
    return result;
}

Image shown(const SearchItem& item, const SearchOptions& o, int height, int width, const PlanOptions& plans) {
    Graph g;
    Var numbers = g.leaf(item.numbers);
    if (o.average > 0) numbers = averaged(numbers, item.average, o.average);
    return image_of(value(picture_of(numbers, item, o, height, width), plans));
}

Image shown_without_mask(const SearchItem& item, const SearchOptions& o, int height, int width,
                         const PlanOptions& plans) {
    Graph g;
    return image_of(value(o.written.picture(g.leaf(item.numbers), height, width), plans));
}

void overwrite(Tensor& to, const Tensor& from) {
    require(to.shape() == from.shape() && to.dtype() == from.dtype(), "search: was given {}, expected {}",
            to_string(from.spec()), to_string(to.spec()));
    std::memcpy(to.writable(), from.data(), to.spec().bytes());
}

}  // namespace gradus
