#include "tools/train/train_step.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/cross_entropy.h"
#include "ops/momentum_step.h"
#include "ops/pointwise.h"
#include "tools/search/search_state.h"

namespace gradus {
namespace {

bool decays(const std::string& name) { return name.ends_with(".weight"); }

std::map<std::string, Tensor> like(const std::map<std::string, Tensor>& all) {
    std::map<std::string, Tensor> made;
    for (const auto& [name, tensor] : all) made[name] = zeros(tensor.spec());
    return made;
}

std::map<std::string, Tensor> copies(const std::map<std::string, Tensor>& all) {
    std::map<std::string, Tensor> made;
    for (const auto& [name, tensor] : all) made[name] = copy_of(tensor);
    return made;
}

/// A graph, what a plan is asked for, and the plan.
struct Recorded {
    Graph graph;
    std::vector<Var> outputs = {};
    Var loss = {}, scores = {};
    std::unique_ptr<Plan> plan;
};

int most_probable(std::span<const float> scores) {
    return static_cast<int>(std::ranges::max_element(scores) - scores.begin());
}

void set(Tensor& number, double value) {
    if (number.dtype() == DType::f64)
        number.values_to_write<double>()[0] = value;
    else
        number.values_to_write<float>()[0] = static_cast<float>(value);
}

}  // namespace

TrainingState::TrainingState(TrainedNet& net, const OptimizerOptions& o) : options(o) {
    gradients = like(net.parameters());
    if (o.adam)
        for (const auto& [name, tensor] : net.parameters()) adam.emplace(name, adam_state(tensor.spec()));
    else
        speed = like(net.parameters());
    if (o.average > 0) {
        average = copies(net.parameters());
        average_moments = copies(net.moments());
    }
}

void TrainingState::restart_averages(TrainedNet& net) {
    for (const auto& [averages, numbers] :
         {std::pair{&average, &net.parameters()}, std::pair{&average_moments, &net.moments()}})
        for (auto& [name, tensor] : *averages)
            std::memcpy(tensor.writable(), numbers->at(name).data(), tensor.spec().bytes());
}

struct TrainStep::Parts {
    TrainedNet net;
    TrainingState state;
    int parts;
    bool mixed;
    Tensor pictures, labels, second_labels, weight, rate, draw;
    Recorded first, further, exchanging, moving;  // the first part of a batch, the others, the means, and the step

    void record_gradients(Recorded& r, bool add_on, const PlanOptions& plans) {
        const TrainingLayers layers = net.record(r.graph.leaf(pictures, "pictures"), r.graph.leaf(draw, "draw"));
        r.scores = layers.scores;
        const auto surprise = [&](const Tensor& classes, const char* name) {
            return cross_entropy(layers.scores, r.graph.leaf(classes, name), state.options.smoothing);
        };
        r.loss = surprise(labels, "labels");
        if (mixed) {
            const Var own = r.graph.leaf(weight, "weight"), one = r.graph.leaf(Tensor({1}, {1.f}).to(weight.dtype()));
            r.loss = add(multiply(own, r.loss), multiply(subtract(one, own), surprise(second_labels, "second labels")));
        }
        r.outputs = layers.moved;
        r.outputs.insert(r.outputs.end(), {r.loss, r.scores});
        std::vector<Var> wrt;
        for (const auto& [name, leaf] : layers.parameters) wrt.push_back(leaf);
        const std::vector<Var> gradients = grad(r.loss, wrt);
        std::size_t n = 0;
        for (const auto& [name, leaf] : layers.parameters) {
            const Var sum = r.graph.leaf(state.gradients.at(name), name + ".gradient"), g = gradients[n++];
            r.outputs.push_back(assign(sum, add_on ? add(sum, g) : g));
        }
        r.plan = std::make_unique<Plan>(r.graph, r.outputs, plans);
    }

    void record_exchange(const PlanOptions& plans) {
        Recorded& r = exchanging;
        for (const auto& [name, gradient] : state.gradients) {
            const Var mine = r.graph.leaf(gradient, name + ".gradient");
            r.outputs.push_back(assign(mine, net.options().shared(mine)));
        }
        r.plan = std::make_unique<Plan>(r.graph, r.outputs, plans);
    }

    void record_move(const PlanOptions& plans) {
        Recorded& r = moving;
        const OptimizerOptions& o = state.options;
        const Var by = r.graph.leaf(rate, "rate");
        const auto follow = [&](const std::string& name, Var x, Tensor& average) {
            const Var mean = r.graph.leaf(average, name + ".average");
            r.outputs.push_back(assign(mean, add(scale(mean, o.average), scale(x, 1 - o.average))));
        };
        for (auto& [name, tensor] : net.parameters()) {
            const Var x = r.graph.leaf(tensor, name);
            Var g = r.graph.leaf(state.gradients.at(name), name + ".gradient");
            if (parts > 1) g = scale(g, 1.0 / parts);
            const double decay = decays(name) ? o.decay : 0;
            std::vector<Var> moved;
            if (o.adam)
                moved = adam_step(x, decay > 0 ? add(g, scale(x, decay)) : g, by, state.adam.at(name));
            else
                moved = momentum_step(x, g, by, state.speed.at(name), {.momentum = o.momentum, .decay = decay});
            r.outputs.insert(r.outputs.end(), moved.begin(), moved.end());
            if (o.average > 0) follow(name, x, state.average.at(name));
        }
        if (o.average > 0)
            for (auto& [name, tensor] : net.moments())
                follow(name, r.graph.leaf(tensor, name), state.average_moments.at(name));
        r.plan = std::make_unique<Plan>(r.graph, r.outputs, plans);
    }
};

TrainStep::TrainStep(TrainedNet& net, TrainingState& state, const Shape& pictures, int parts, bool mixed,
                     const PlanOptions& plans) {
    const DType numbers = net.options().numbers;
    PlanOptions own = plans;
    if (!own.arena) own.arena = std::make_shared<Arena>(*own.device);
    parts_ = std::unique_ptr<Parts>(new Parts{.net = net,
                                              .state = state,
                                              .parts = parts,
                                              .mixed = mixed,
                                              .pictures = Tensor(Spec(pictures, numbers)),
                                              .labels = Tensor(Spec(Shape{pictures[0]}, DType::i32)),
                                              .second_labels = Tensor(Spec(Shape{pictures[0]}, DType::i32)),
                                              .weight = zeros(Spec(Shape{1}, numbers)),
                                              .rate = zeros(Spec(Shape{1}, numbers)),
                                              .draw = zeros(Spec(Shape{1}, DType::i32)),
                                              .first = {},
                                              .further = {},
                                              .exchanging = {},
                                              .moving = {}});
    parts_->record_gradients(parts_->first, false, own);
    if (parts > 1) parts_->record_gradients(parts_->further, true, own);
    if (net.options().shared) parts_->record_exchange(own);
    parts_->record_move(own);
}
TrainStep::~TrainStep() = default;
TrainStep::TrainStep(TrainStep&&) noexcept = default;

Tensor& TrainStep::pictures() { return parts_->pictures; }
Tensor& TrainStep::labels() { return parts_->labels; }

Tensor* TrainStep::second_labels() { return parts_->mixed ? &parts_->second_labels : nullptr; }
void TrainStep::set_weight(double weight) { set(parts_->weight, weight); }
void TrainStep::set_draw(std::int32_t part) { parts_->draw.values_to_write<std::int32_t>()[0] = part; }

void TrainStep::exchange() {
    if (parts_->exchanging.plan) parts_->exchanging.plan->run();
}

bool TrainStep::finite() const {
    for (const auto& [name, gradient] : parts_->state.gradients) {
        const Tensor numbers = gradient.to(DType::f32);
        constexpr std::uint32_t exponent = 0x7f800000;  // all of its bits are set where a number is not finite
        std::uint32_t wrong = 0;
        for (const float g : numbers.values<float>()) wrong |= (std::bit_cast<std::uint32_t>(g) & exponent) == exponent;
        if (wrong) return false;
    }
    return true;
}

TrainStep::Outcome TrainStep::gradients(int part) {
    const Recorded& r = part == 0 ? parts_->first : parts_->further;
    r.plan->run();
    const Tensor scores = r.plan->read(r.scores).to(DType::f32);
    const auto labels = parts_->labels.values<std::int32_t>();
    const auto classes = static_cast<std::size_t>(scores.shape().channels());
    Outcome outcome{.loss = r.plan->number(r.loss)};
    for (std::size_t n = 0; n < labels.size(); ++n)
        outcome.right += most_probable(scores.values<float>().subspan(n * classes, classes)) == labels[n];
    return outcome;
}

void TrainStep::move(float rate) {
    set(parts_->rate, static_cast<double>(rate));
    parts_->moving.plan->run();
}

MemoryReport TrainStep::memory() const { return parts_->first.plan->memory(); }
void TrainStep::profile() { parts_->first.plan->profile(true); }
std::vector<StepReport> TrainStep::report() const { return parts_->first.plan->report(); }
const std::deque<TimedRun>& TrainStep::timed_runs() const { return parts_->first.plan->timed_runs(); }

}  // namespace gradus
