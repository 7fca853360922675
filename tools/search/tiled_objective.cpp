#include "tools/search/tiled_objective.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "engine/require.h"
#include "ops/assign.h"
#include "ops/optimizer_step.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"

namespace gradus {
namespace {

/// A term that reads layers.
struct SummedTerm {
    ObjectiveTerm term;
    Tensor sums = {};   // over all parts
    Tensor slope = {};  // of minus the objective by them
    std::vector<double> total = {};

    /// Room for sums of this shape, at the first call.
    void make_room(const Spec& spec) {
        if (sums) return;
        sums = zeros(spec);
        slope = zeros(spec);
        total.resize(static_cast<std::size_t>(spec.shape.size()));
    }
    Var value(Graph& g) const { return value_of(*term.by_sums, g.leaf(sums, "sums")); }
    void add(const Tensor& part) {
        const Tensor exact = part.to(DType::f64);
        for (std::size_t i = 0; i < total.size(); ++i) total[i] += exact.values<double>()[i];
    }
    void keep() {
        if (sums.dtype() == DType::f64)
            std::copy(total.begin(), total.end(), sums.values_to_write<double>().begin());
        else
            std::transform(total.begin(), total.end(), sums.values_to_write<float>().begin(),
                           [](double v) { return static_cast<float>(v); });
        std::fill(total.begin(), total.end(), 0.0);
    }
};

void clear(Tensor& tensor) { std::memset(tensor.writable(), 0, tensor.spec().bytes()); }

}  // namespace

std::string uncuttable(const Net& net, const Objective& objective) {
    if (std::ranges::any_of(net.table().rows, [](const LayerRow& row) { return row.beyond == PadMode::circular; }))
        return fmt::format("{}: sees around the edges of a picture, which cannot be looked at in parts", net.name());
    for (const ObjectiveTerm& term : objective.terms)
        if (!term.layers.empty() && !term.by_sums)
            return fmt::format(
                "{}: cannot be looked at in parts, since it is no function of sums over places; expected energy, mean, "
                "channel, guided, style, texture, content, or what reads the picture only",
                term.name);
    return {};
}

struct TiledObjective::Parts {
    Tensor picture, slope;
    std::vector<SummedTerm> terms;
    std::vector<int> summed;  // for each term of the objective its place among `terms`; -1: it reads no layer
    bool one_pass = true;
    std::shared_ptr<WholeMasks> masks;
    std::unique_ptr<TileRuns> first, second;  // for the sums, if they need a pass, and for the slopes
    Graph graph;                              // from the sums to their slopes
    std::optional<Plan> weights;

    std::vector<Var> sums_in(const Scene& scene) {
        std::vector<Var> all;
        for (SummedTerm& t : terms) {
            all.push_back(t.term.by_sums->sums(scene_of(t.term, scene)));
            t.make_room(all.back().spec());
        }
        return all;
    }

    /// The slope of the picture in a part, given that of the sums.
    std::vector<Var> slopes_in(const Scene& scene, Var window) {
        const std::vector<Var> found = sums_in(scene);
        std::optional<Var> cost;
        for (std::size_t i = 0; i < terms.size(); ++i) {
            Var one = dot(scene.graph().leaf(terms[i].slope, "slope"), found[i]);
            cost = cost ? add(*cost, one) : one;
        }
        std::vector<Var> outputs = grad(*cost, {window});
        if (one_pass) outputs.insert(outputs.end(), found.begin(), found.end());
        return outputs;
    }

    void record_weights(const Objective& reduced, const Tensor& step, int steps, const PlanOptions& plans) {
        std::vector<Var> values, sums, outputs;
        for (const SummedTerm& t : terms) {
            sums.push_back(graph.leaf(t.sums, "sums"));
            values.push_back(value_of(*t.term.by_sums, sums.back()));
        }
        const Var total = weigh(reduced, values, graph.leaf(step, "step"), steps).total;
        const std::vector<Var> slopes = grad(scale(total, -1), sums);
        for (std::size_t i = 0; i < terms.size(); ++i)
            outputs.push_back(assign(graph.leaf(terms[i].slope, "slope"), slopes[i]));
        weights.emplace(graph, outputs, plans);
    }
};

TiledObjective::TiledObjective(const Net& net, const Objective& objective, const Tensor& picture, const Tensor& step,
                               int steps, const Tiling& tiling, DType activations, const PlanOptions& plans)
    : parts_(std::make_unique<Parts>()) {
    const std::string reason = uncuttable(net, objective);
    require(reason.empty(), "{}", reason);
    Parts& p = *parts_;
    p.picture = picture;
    p.masks = tiling.masks;
    p.slope = zeros(Spec(picture.shape(), picture.dtype()));
    Objective reduced;
    for (const ObjectiveTerm& term : objective.terms) {
        p.summed.push_back(term.layers.empty() ? -1 : static_cast<int>(p.terms.size()));
        if (term.layers.empty()) continue;
        p.terms.push_back({term});
        reduced.terms.push_back(term);
        p.one_pass = p.one_pass && !term.by_sums->value;
    }
    require(!p.terms.empty(), "search: the objective reads no layer, so there is nothing to look at in parts");
    const auto runs = [&](const TileRuns::Record& record) {
        return std::make_unique<TileRuns>(net, tiling, activations, picture.dtype(), record, plans);
    };
    if (!p.one_pass) p.first = runs([&](const Scene& scene, Var) { return p.sums_in(scene); });
    p.second = runs([&](const Scene& scene, Var window) { return p.slopes_in(scene, window); });
    p.record_weights(reduced, step, steps, plans);
}

TiledObjective::~TiledObjective() = default;
TiledObjective::TiledObjective(TiledObjective&&) noexcept = default;

void TiledObjective::run() {
    Parts& p = *parts_;
    const auto add_sums = [&](const std::vector<Tensor>& made, std::size_t first) {
        for (std::size_t i = 0; i < p.terms.size(); ++i) p.terms[i].add(made[first + i]);
    };
    const auto keep_sums = [&] {
        for (SummedTerm& t : p.terms) t.keep();
    };
    if (p.first) {
        p.first->run(p.picture, [&](const Tile&, const std::vector<Tensor>& made) { add_sums(made, 0); });
        keep_sums();
    }
    p.weights->run();
    clear(p.slope);
    p.second->run(p.picture, [&](const Tile& tile, const std::vector<Tensor>& made) {
        add_part(made[0], tile.rows.window, tile.columns.window, p.slope);
        if (p.one_pass) add_sums(made, 1);
    });
    if (p.one_pass) keep_sums();
}

const Tensor& TiledObjective::slope() const { return parts_->slope; }

std::optional<Var> TiledObjective::value(Graph& graph, std::size_t term) const {
    const int at = parts_->summed[term];
    if (at < 0) return {};
    return parts_->terms[static_cast<std::size_t>(at)].value(graph);
}

MemoryReport TiledObjective::memory() const {
    MemoryReport all = parts_->second->memory();
    all.leaves += parts_->slope.spec().bytes();
    if (parts_->first) {
        const MemoryReport first = parts_->first->memory();
        all.packed = std::max(all.packed, first.packed);      // what goes forward does so in both
        all.leaves += first.leaves - parts_->masks->bytes();  // which both passes share
    }
    for (const SummedTerm& t : parts_->terms) all.leaves += 2 * t.sums.spec().bytes() + 8 * t.total.size();
    return all;
}

Plan& TiledObjective::plan() const { return parts_->second->plan(); }

}  // namespace gradus
