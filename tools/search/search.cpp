#include "tools/search/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "engine/require.h"
#include "ops/pointwise.h"
#include "tools/image/tensor.h"
#include "tools/search/item.h"
#include "tools/search/mean_color.h"
#include "tools/search/tiled_step.h"
#include "tools/search/wolfe_item.h"

namespace gradus {

constexpr int fewest_pairs = 3;  // of L-BFGS: with fewer it is hardly better than steepest descent

/// Everything that a run of one rule for ReLU gradients needs.
struct Recorded {
    Graph graph;
    std::unique_ptr<Plan> plan;
};

struct Search::Parts {
    SearchOptions options;
    PlanOptions plans;
    int height = 0, width = 0;
    std::vector<SearchItem> items;
    Recorded redirected, plain;
    std::vector<std::unique_ptr<WolfeItem>> along_lines = {};  // instead of both: one for each item
    std::unique_ptr<TiledStep> tiled = {};                     // instead of both: of a picture in parts
    Tiling tiling = {};                                        // those parts
    std::optional<int> restored = {};                          // the step that the next run goes on from
    Tensor mean;                                               // the net's color, for tidies
    std::map<std::vector<bool>, Recorded> tidied;              // by which of the tidies are due

    void record(const Net& net, ReluRule rule, Recorded& into) {
        Graph& g = into.graph;
        std::vector<RecordedItem> recorded;
        std::vector<Var> inputs;
        std::vector<std::string> wanted;
        for (const SearchItem& item : items) {
            recorded.push_back(record_picture(g, item, options, height, width));
            inputs.push_back(recorded.back().input);
            for (const std::string& layer : item.objective.layers())
                if (std::find(wanted.begin(), wanted.end(), layer) == wanted.end()) wanted.push_back(layer);
        }
        const Layers layers =
            net.record(stack(inputs), {.activations = options.activations, .rule = rule, .wanted = wanted});
        std::optional<Var> total;
        for (std::size_t n = 0; n < items.size(); ++n) {
            record_objective(recorded[n], items[n], options, layers, static_cast<int>(n),
                             static_cast<int>(items.size()));
            total = total ? add(*total, recorded[n].objective.total) : recorded[n].objective.total;
        }
        std::vector<Var> numbers;
        for (const RecordedItem& item : recorded) numbers.push_back(item.numbers);
        const std::vector<Var> gradients = grad(scale(*total, -1), numbers);  // optimizers go down
        std::vector<Var> outputs;
        for (std::size_t n = 0; n < items.size(); ++n)
            for (const Var out : record_move(recorded[n], gradients[n], items[n], options)) outputs.push_back(out);
        into.plan = std::make_unique<Plan>(g, outputs, plans);
    }

    /// What is due after `done` steps, as a run of its own: it sees what the step has left.
    void tidy(int done) {
        std::vector<bool> due;
        for (const Tidy& t : options.tidies) due.push_back(done % t.every == 0);
        if (std::find(due.begin(), due.end(), true) == due.end()) return;
        Recorded& r = tidied[due];
        if (!r.plan) {
            std::vector<Tidy> now;
            for (std::size_t i = 0; i < due.size(); ++i)
                if (due[i]) now.push_back(options.tidies[i]);
            std::vector<Var> outputs;
            for (const SearchItem& item : items) {
                Var gradient = item.gradient ? r.graph.leaf(*item.gradient, "gradient") : Var{};
                outputs.push_back(record_tidies(now, r.graph.leaf(item.numbers, "numbers"),
                                                r.graph.leaf(item.held, "held"), gradient, r.graph.leaf(mean)));
            }
            r.plan = std::make_unique<Plan>(r.graph, outputs, plans);
        }
        r.plan->run();
    }

    /// The plan of the last steps, which are most of them: that of plain gradients, if any step follows them.
    Plan& usual() const {
        if (!along_lines.empty()) return along_lines[0]->plan();
        if (tiled) return tiled->plan();
        return *(options.redirected < options.steps ? plain : redirected).plan;
    }

    /// Half of the memory is for what L-BFGS remembers, or less.
    void shorten_history() {
        Optimizer& o = options.optimizer;
        if (options.memory == 0 || o.history == 0) return;
        const std::size_t pair = 2 * Spec(options.written.shape(height, width)).bytes();
        const auto fits = static_cast<int>(std::min<std::size_t>(options.memory / 2 / pair, 1000)) - 1;
        require(
            fits >= std::min(o.history, fewest_pairs),
            "search: {} MB of memory leave room for {} pairs in the history of {}, expected at least {}; with Adam it "
            "needs none",
            options.memory / 1000000, std::max(fits, 0), o.name, std::min(o.history, fewest_pairs));
        if (fits < o.history) o = o.remembering(fits);
    }

    /// What the search takes of the memory that it may take: states, and what a step needs.
    std::size_t kept_bytes() const {
        std::size_t bytes = 0;
        for (const SearchItem& item : items) {
            bytes += item.numbers.spec().bytes() + (item.gradient ? item.gradient->spec().bytes() : 0);
            for (const auto& [name, tensor] : item.state) bytes += tensor.spec().bytes();
            for (const Tensor& tensor : item.average) bytes += tensor.spec().bytes();
            if (item.around) bytes += item.around->spec().bytes();
        }
        return bytes;
    }

    /// Of what cannot be looked at in parts, the whole, if there is memory for it.
    void record_within_memory(const Net& net, const std::string& reason) {
        plans.filters = PackedFilters::small;
        record(net, ReluRule::plain, plain);
        const MemoryReport m = plain.plan->memory();
        const std::size_t bytes = m.arena + m.packed + kept_bytes();
        require(bytes <= options.memory, "search: {} MB are left for it, but a picture of {}x{} takes {} MB; {}",
                options.memory / 1000000, width, height, bytes / 1000000, reason);
    }

    void record_in_parts(const Net& net) {
        require(items.size() == 1, "search: was given {} pictures to look at in parts, expected one at a time",
                items.size());
        if (const std::string reason = uncuttable(net, items[0].objective); !reason.empty()) {
            require(options.parts[0] == 0, "{}", reason);
            record_within_memory(net, reason);
            return;
        }
        tiling = gradus::tiling(net.table(), items[0].objective.layers(), height, width, 1, 1);
        if (options.parts[0] > 0) {
            tiling = cut(tiling, options.parts[0], options.parts[1]);
        } else {
            const auto bytes = [&](const Tiling& t) {
                PlanOptions trial = plans;
                trial.arena = std::make_shared<Arena>(*plans.device);
                MemoryReport m = TiledStep(net, items[0], options, t, trial).memory();
                // The pictures that come of it take the place of the arena.
                m.arena = std::max(m.arena, 3 * items[0].numbers.spec().bytes());
                return m.total() + kept_bytes();
            };
            plans.filters = PackedFilters::small;
            const std::optional<Tiling> found = cut_within(tiling, options.memory, bytes);
            if (!found)
                throw Error(fmt::format(
                    "search: {} MB are left for it, but a picture of {}x{} takes {} MB even in the smallest parts; "
                    "expected more memory, or an optimizer that remembers less",
                    options.memory / 1000000, width, height,
                    bytes(cut(tiling, height / 32 + 1, width / 32 + 1)) / 1000000));
            tiling = *found;
        }
        if (tiling.rows.size() * tiling.columns.size() == 1) return;
        tiled = std::make_unique<TiledStep>(net, items[0], options, tiling, plans);
    }

    bool all_held() const {
        return std::all_of(items.begin(), items.end(),
                           [](const SearchItem& item) { return item.held.values<std::int32_t>()[0] != 0; });
    }

    double objective_at(int step) const {
        double sum = 0;
        for (const SearchItem& item : items) sum += noted(item, step, 0);
        return sum;
    }

    void require_state() const {
        require(along_lines.empty(), "search: {} keeps no state that another run could go on from",
                options.optimizer.name);
    }

    /// All steps of all pictures as runs of one plan, from the one behind `done` on. Whether the watcher stopped them.
    bool run_steps(int& done, const StepLook& look) {
        // A look makes a GPU's queue run dry, and costs nothing where the numbers are here already.
        const int usual = plans.device->kind() == DeviceKind::cuda ? gpu_looks_every : 1;
        const int look_every = options.look_every.value_or(usual);
        while (done < options.steps) {
            if (tiled)
                tiled->run();
            else
                (done < options.redirected ? redirected : plain).plan->run();
            ++done;
            tidy(done);
            if (done % look_every != 0 && done != options.steps) continue;
            const bool held = all_held();
            if (!look(done, objective_at(done - 1), held || done == options.steps)) return true;
            if (held) break;
        }
        return false;
    }
};

Search::Search(const Net& net, std::vector<Objective> objectives, int height, int width, SearchOptions options,
               const PlanOptions& plans)
    : parts_(std::make_unique<Parts>()) {
    require(!objectives.empty(), "search: was given no objective, expected one for each picture");
    require(options.steps >= 1, "search: was given {} steps, expected at least one", options.steps);
    require(!options.look_every || *options.look_every >= 1,
            "search: was told to look every {} steps, expected at least 1", options.look_every.value_or(0));
    require(options.average >= 0 && options.average < 1,
            "search: was given the decay {} of an average, expected 0 to 1", options.average);
    require((options.parts[0] > 0) == (options.parts[1] > 0) && options.parts[0] >= 0,
            "search: was given {} rows and {} columns of parts, expected both or none", options.parts[0],
            options.parts[1]);
    require(!options.mask || options.around, "search: was given a mask without the picture around it");
    Parts& p = *parts_;
    p.options = std::move(options);
    p.plans = plans;
    if (!p.plans.arena) p.plans.arena = std::make_shared<Arena>(*plans.device);
    const std::array<float, 3> mean = mean_color(net);
    p.mean = Tensor(Shape{3}, {mean.begin(), mean.end()});
    check_tidies(p.options.tidies, p.options.written.shape(height, width));
    p.height = height;
    p.width = width;
    p.shorten_history();
    for (std::size_t n = 0; n < objectives.size(); ++n)
        p.items.push_back(search_item(std::move(objectives[n]), p.options.first_item + static_cast<int>(n), p.options,
                                      height, width));
    if (p.options.optimizer.along_lines) {
        check_along_lines(p.options);
        require(p.options.memory == 0 && p.options.parts[0] == 0,
                "search: {} looks at the whole picture, whatever memory that takes; expected another optimizer for one "
                "in parts",
                p.options.optimizer.name);
        for (const SearchItem& item : p.items)
            p.along_lines.push_back(std::make_unique<WolfeItem>(net, item, p.options, height, width, p.plans));
    } else {
        if (p.options.memory > 0 || p.options.parts[0] > 0) p.record_in_parts(net);
    }
    if (!p.options.optimizer.along_lines && !p.tiled) {
        if (p.options.redirected > 0) p.record(net, ReluRule::redirected, p.redirected);
        if (!p.plain.plan) p.record(net, ReluRule::plain, p.plain);
    }
    p.usual().profile(p.options.profile);
    start_from_noise();
}

Search::~Search() = default;
Search::Search(Search&&) noexcept = default;

void Search::start_from_noise() {
    for (std::size_t n = 0; n < parts_->items.size(); ++n) {
        const SearchOptions& o = parts_->options;
        SearchItem& item = parts_->items[n];
        overwrite(item.numbers, o.written.noise(parts_->height, parts_->width, o.seed, item.number));
    }
}

void Search::start_from(int item, const Image& picture) {
    require(picture.height == parts_->height && picture.width == parts_->width,
            "search: was given a picture of {}x{} to start from, expected {}x{}", picture.width, picture.height,
            parts_->width, parts_->height);
    overwrite(parts_->items[static_cast<std::size_t>(item)].numbers, parts_->options.written.encode(picture));
}

void Search::stay_around(int item, const Image& picture) {
    std::optional<Tensor>& around = parts_->items[static_cast<std::size_t>(item)].around;
    require(around.has_value(), "search: was given a picture to stay around a mask, but has no mask");
    overwrite(*around, tensor_of(picture));
}

std::vector<SearchResult> Search::run(const SearchWatcher& watch) {
    Parts& p = *parts_;
    if (!p.restored)
        for (SearchItem& item : p.items) restart(item, p.options);
    const std::function<Image(int)> show = [this](int item) { return picture(item); };
    const std::function<SearchState()> save = [this] { return state(); };
    const std::size_t bytes = memory().total();
    const auto look = [&](int done, double objective, bool last) {
        return !watch || watch({done, p.options.steps, objective, show, last, save, bytes});
    };
    const bool over = p.restored && p.all_held();
    int done = std::exchange(p.restored, std::nullopt).value_or(0);
    bool stopped = false;
    if (!p.along_lines.empty())
        stopped = run_by_turns(p.along_lines, look);
    else if (!over)
        stopped = p.run_steps(done, look);
    if (p.options.memory > 0) p.plans.arena->release();  // pictures take its place
    std::vector<SearchResult> results;
    for (std::size_t n = 0; n < p.items.size(); ++n) {
        results.push_back(p.along_lines.empty() ? result_of(p.items[n], p.options, done, stopped)
                                                : p.along_lines[n]->result(stopped));
        results.back().picture = picture(static_cast<int>(n));
    }
    if (p.options.profile) {
        results[0].profile = p.usual().report();
        results[0].timed_runs = p.usual().timed_runs();
    }
    return results;
}

SearchState Search::state() const {
    const Parts& p = *parts_;
    p.require_state();
    SearchState state;
    const bool over = p.all_held() || p.items[0].step.values<std::int32_t>()[0] >= p.options.steps;
    for (std::size_t n = 0; n < p.items.size(); ++n) add_state(state, p.items[n], p.options, n, over);
    return state;
}

void Search::restore(const SearchState& state) {
    parts_->require_state();
    parts_->restored = restore_items(parts_->items, state, parts_->options);
}

Image Search::picture(int item) const {
    const Parts& p = *parts_;
    return shown(p.items[static_cast<std::size_t>(item)], p.options, p.height, p.width, p.plans);
}

Image Search::picture_without_mask(int item) const {
    const Parts& p = *parts_;
    return shown_without_mask(p.items[static_cast<std::size_t>(item)], p.options, p.height, p.width, p.plans);
}

MemoryReport Search::memory() const {
    if (parts_->tiled) return parts_->tiled->memory();
    MemoryReport report = (parts_->along_lines.empty() ? *parts_->plain.plan : parts_->usual()).memory();
    report.arena = parts_->plans.arena->bytes();
    return report;
}

int Search::history() const { return parts_->options.optimizer.history; }

std::array<int, 2> Search::parts() const {
    if (!parts_->tiled) return {1, 1};
    return {static_cast<int>(parts_->tiling.rows.size()), static_cast<int>(parts_->tiling.columns.size())};
}

}  // namespace gradus
