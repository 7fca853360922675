#include "tools/search/objective.h"

#include <algorithm>

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/pointwise.h"

namespace gradus {
namespace {

Var weighted(Var value, const StepSchedule& weight, Var step, int steps) {
    if (weight.constant()) return weight.at(0) == 1 ? value : scale(value, weight.at(0));
    return multiply(value, weight.record(step, steps));
}

std::optional<Var> plus(std::optional<Var> sum, Var term) { return sum ? add(*sum, term) : term; }

}  // namespace

std::vector<std::string> Objective::layers() const {
    std::vector<std::string> all;
    for (const ObjectiveTerm& term : terms)
        for (const std::string& layer : term.layers)
            if (std::find(all.begin(), all.end(), layer) == all.end()) all.push_back(layer);
    return all;
}

Objective operator+(Objective a, const Objective& b) {
    a.terms.insert(a.terms.end(), b.terms.begin(), b.terms.end());
    return a;
}

Objective operator*(double factor, Objective a) {
    for (ObjectiveTerm& term : a.terms) term.weight = term.weight.scaled(factor);
    return a;
}

Objective operator-(Objective a) { return -1 * std::move(a); }
Objective operator-(Objective a, const Objective& b) { return std::move(a) + -b; }

Objective operator*(const Objective& a, const Objective& b) {
    std::string names;
    ObjectiveTerm product;
    product.regularizer = true;
    for (const Objective* factor : {&a, &b}) {
        require(!factor->terms.empty(), "objective: a factor of a product is empty");
        std::string sum;
        for (const ObjectiveTerm& term : factor->terms) {
            sum += (sum.empty() ? "" : " + ") + term.name;
            product.regularizer = product.regularizer && term.regularizer;
            product.takes_mask = product.takes_mask && term.takes_mask;
            product.compares_pictures = product.compares_pictures || term.compares_pictures;
        }
        if (factor->terms.size() > 1) sum = fmt::format("({})", sum);
        names += (names.empty() ? "" : " * ") + sum;
    }
    product.name = names;
    product.layers = (a + b).layers();
    product.value = [a, b](const Scene& scene) { return multiply(record(a, scene).total, record(b, scene).total); };
    return {{product}};
}

Objective masked(Objective a, const Image& mask) {
    for (ObjectiveTerm& term : a.terms) {
        require(term.takes_mask, "objective: {} has no places that a mask could tell apart, expected a term that has",
                term.name);
        term.mask = mask;
    }
    return a;
}

Objective scheduled(Objective a, const StepSchedule& weight) {
    for (ObjectiveTerm& term : a.terms) {
        if (weight.constant()) {
            term.weight = term.weight.scaled(weight.at(0));
            continue;
        }
        require(term.weight.constant(), "objective: {} has two schedules, expected one", term.name);
        term.weight = weight.scaled(term.weight.at(0));
    }
    return a;
}

Var value_of(const BySums& by_sums, Var sums) { return by_sums.value ? by_sums.value(sums) : sums; }

ObjectiveTerm term_by_sums(std::string name, std::vector<std::string> layers, BySums by_sums) {
    const auto value = [by_sums](const Scene& scene) { return value_of(by_sums, by_sums.sums(scene)); };
    return {.name = std::move(name), .value = value, .layers = std::move(layers), .by_sums = by_sums};
}

Scene scene_of(const ObjectiveTerm& term, const Scene& scene) { return term.mask ? scene.masked(*term.mask) : scene; }

RecordedObjective weigh(const Objective& objective, const std::vector<Var>& values, Var step, int steps) {
    require(!objective.terms.empty(), "objective: was given no terms, expected at least one");
    std::optional<Var> total, wanted;
    for (std::size_t i = 0; i < values.size(); ++i) {
        Var part = weighted(values[i], objective.terms[i].weight, step, steps);
        total = plus(total, part);
        if (!objective.terms[i].regularizer) wanted = plus(wanted, part);
    }
    return {*total, wanted ? *wanted : *total, values};
}

RecordedObjective record(const Objective& objective, const Scene& scene) {
    std::vector<Var> values;
    for (const ObjectiveTerm& term : objective.terms) values.push_back(term.value(scene_of(term, scene)));
    return weigh(objective, values, scene.step(), scene.steps());
}

}  // namespace gradus
