#include "tools/search/language.h"

#include <algorithm>
#include <cmath>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/picture_objectives.h"

namespace gradus {
namespace {

/// A call's arguments, taken one by one; what is left over is a mistake.
class Arguments {
public:
    Arguments(const Expression& call, const LanguageContext& context) : call_(call), context_(context) {
        for (const ExpressionArgument& a : call.arguments) left_.push_back(&a);
        if (call.at) at_ = &*call.at;
    }

    /// The next argument without a name, or the one of this name.
    const ExpressionArgument* find(const std::string& name) {
        const auto named = std::find_if(left_.begin(), left_.end(), [&](auto* a) { return a->name == name; });
        const auto found = named != left_.end()
                               ? named
                               : std::find_if(left_.begin(), left_.end(), [](auto* a) { return a->name.empty(); });
        if (found == left_.end()) return nullptr;
        const ExpressionArgument* argument = *found;
        left_.erase(found);
        return argument;
    }
    const ExpressionArgument& get(const std::string& name) {
        const ExpressionArgument* argument = find(name);
        if (!argument) fail_at(call_.place, fmt::format("{} was given no {}", in_quotes(call_.name), name));
        return *argument;
    }
    /// Whether an argument of this name is left.
    bool has(const std::string& name) const {
        return std::any_of(left_.begin(), left_.end(), [&](auto* a) { return a->name == name; });
    }
    double number(const std::string& name, double otherwise) {
        const ExpressionArgument* argument = find(name);
        return argument ? number_of(*argument) : otherwise;
    }
    int whole(const std::string& name) { return whole_of(get(name)); }
    static int whole_of(const ExpressionArgument& a) {
        const double number = number_of(a);
        if (number != std::floor(number) || std::abs(number) > 1e9)
            fail_at(a.text_place, fmt::format("found {}, expected a whole number", in_quotes(a.text)));
        return static_cast<int>(number);
    }
    /// A row or column; -1 where none is given.
    int position(const std::string& name) {
        const ExpressionArgument* a = find(name);
        if (!a) return -1;
        const int index = whole_of(*a);
        if (index < 0) fail_at(a->text_place, fmt::format("found {} {}, expected 0 or more", name, in_quotes(a->text)));
        return index;
    }
    /// A layer: behind '@', or the next argument.
    std::string layer() {
        const ExpressionArgument& a = at_ ? *std::exchange(at_, nullptr) : get("layer");
        if (a.text != "picture" && a.text != "input" && !context_.is_layer(a.text))
            fail_at(a.text_place,
                    fmt::format("there is no layer {}; {}", in_quotes(a.text), context_.nearest_layers(a.text)));
        return a.text;
    }
    /// The layer behind '@', if there is one.
    std::optional<std::string> layer_behind() {
        if (!at_) return {};
        return layer();
    }
    int named_class() {
        const ExpressionArgument& a = get("class");
        try {
            return context_.class_named(a.text);
        } catch (const Error& error) {
            fail_at(a.text_place, error.what());
        }
    }
    Direction direction() {
        const ExpressionArgument& a = get("along");
        try {
            return parse_direction(a.text);
        } catch (const Error& error) {
            fail_at(a.text_place, error.what());
        }
    }
    Image picture() { return context_.picture(get("picture").text); }

    /// mask=FILE and weight="0:1,100:0.1" go with every term.
    Objective finish(Objective o) {
        const auto take = [&](const std::string& name) -> const ExpressionArgument* {
            const auto named = std::find_if(left_.begin(), left_.end(), [&](auto* a) { return a->name == name; });
            if (named == left_.end()) return nullptr;
            const ExpressionArgument* argument = *named;
            left_.erase(named);
            return argument;
        };
        if (const auto* mask = take("mask")) {
            if (!o.terms[0].takes_mask)
                fail_at(mask->place,
                        fmt::format("{} has no places that a mask could tell apart", in_quotes(call_.name)));
            o = masked(std::move(o), context_.mask(mask->text));
        }
        if (const auto* weight = take("weight")) o = scheduled(std::move(o), schedule_of(*weight));
        if (!left_.empty())
            fail_at(left_[0]->place, fmt::format("{} does not take {}", in_quotes(call_.name),
                                                 in_quotes(left_[0]->name.empty() ? left_[0]->text : left_[0]->name)));
        if (at_) fail_at(at_->place, fmt::format("{} reads no layer", in_quotes(call_.name)));
        return o;
    }

private:
    static StepSchedule schedule_of(const ExpressionArgument& a) {
        try {
            return parse_schedule(a.text);
        } catch (const Error& error) {
            fail_at(a.text_place, error.what());
        }
    }

    const Expression& call_;
    const LanguageContext& context_;
    std::vector<const ExpressionArgument*> left_;
    const ExpressionArgument* at_ = nullptr;
};

using Term = std::function<Objective(Arguments&, const LanguageContext&)>;

Objective tv_named(Arguments& a) {
    const ExpressionArgument* kind = a.find("kind");
    if (!kind && a.has("beta")) return total_variation({.kind = TvKind::beta, .beta = a.number("beta", 2)});
    if (!kind || kind->text == "l1") return total_variation();
    if (kind->text == "squared") return total_variation({.kind = TvKind::squared});
    if (kind->text == "beta") return total_variation({.kind = TvKind::beta, .beta = a.number("beta", 2)});
    if (kind->text == "nine_point") return total_variation({.kind = TvKind::nine_point});
    fail_at(kind->text_place, fmt::format("found {}, expected l1, squared, beta or nine_point", in_quotes(kind->text)));
}

Objective nearness_named(Arguments& a, const LanguageContext& context) {
    const std::string layer = a.layer();
    return nearness(layer, context.code(layer, a.picture()));
}

/// How near the style of layers is to a picture's: of one layer, or the mean over those that are usual.
Objective style_named(Arguments& a, const LanguageContext& context, bool own_size) {
    const std::optional<std::string> one = a.layer_behind();
    const std::vector<std::string> layers = one ? std::vector{*one} : context.style_layers();
    Objective all;
    for (const auto& [layer, style] : context.style(layers, a.picture(), own_size))
        all = std::move(all) -
              1 / static_cast<double>(layers.size()) * style_distance(layer, style, StyleDistance::relative);
    return all;
}

/// Named arguments first, wherever they stand: "mask" and "weight" are left for `finish`.
const std::vector<std::pair<std::string, Term>>& terms() {
    static const std::vector<std::pair<std::string, Term>> all{
        {"energy", [](Arguments& a, const auto&) { return energy(a.layer()); }},
        {"mean", [](Arguments& a, const auto&) { return mean_of(a.layer()); }},
        {"channel",
         [](Arguments& a, const auto&) {
             const std::string layer = a.layer();
             return channel(layer, a.whole("channel"));
         }},
        {"neuron",
         [](Arguments& a, const auto&) {
             const std::string layer = a.layer();
             const int channel = a.whole("channel");
             const int row = a.position("row"), column = a.position("column");
             return neuron(layer, channel, row, column);
         }},
        {"direction",
         [](Arguments& a, const auto&) {
             const std::string layer = a.layer();
             const Direction along = a.direction();
             return direction(layer, along, a.number("power", 0));
         }},
        {"class", [](Arguments& a, const auto&) { return class_score(a.named_class()); }},
        {"probability", [](Arguments& a, const auto&) { return class_probability(a.named_class()); }},
        {"log_probability", [](Arguments& a, const auto&) { return log_probability(a.named_class()); }},
        {"margin", [](Arguments& a, const auto&) { return margin(a.named_class()); }},
        {"style", [](Arguments& a, const LanguageContext& context) { return style_named(a, context, false); }},
        {"texture", [](Arguments& a, const LanguageContext& context) { return style_named(a, context, true); }},
        {"content", nearness_named},
        {"near", nearness_named},
        {"guide",
         [](Arguments& a, const LanguageContext& context) {
             const std::string layer = a.layer();
             return guided(layer, context.code(layer, a.picture()));
         }},
        {"tv", [](Arguments& a, const auto&) { return tv_named(a); }},
        {"alpha", [](Arguments& a, const auto&) { return alpha_norm(a.number("power", 6)); }},
        {"l1", [](Arguments& a, const auto&) { return l1(a.number("constant", 0.5)); }},
        {"l2", [](Arguments& a, const auto&) { return l2(a.number("constant", 0.5)); }},
        {"roughness", [](Arguments&, const auto&) { return roughness(); }},
    };
    return all;
}

Objective term_of(const Expression& e, const LanguageContext& context) {
    if (e.name == "diversity")
        fail_at(e.place,
                "\"diversity\" compares the pictures of a batch, and an objective is for one; expected another "
                "term, or visualize --variants N --diversity W");
    for (const auto& [name, make] : terms()) {
        if (name != e.name) continue;
        Arguments arguments(e, context);
        Objective made = make(arguments, context);
        return arguments.finish(std::move(made));
    }
    std::vector<std::string> names;
    for (const auto& term : terms()) names.push_back(term.first);
    fail_at(e.place, fmt::format("there is no term {}; {}", in_quotes(e.name), nearest(e.name, names)));
}

/// A number, or an objective: "2 * 3 * energy(...)" has both.
struct Meaning {
    std::optional<double> number = {};
    Objective objective = {};
};

Meaning meaning_of(const Expression& e, const LanguageContext& context) {
    switch (e.kind) {
        case Expression::Kind::number:
            return {.number = e.number};
        case Expression::Kind::call:
            return {.objective = term_of(e, context)};
        case Expression::Kind::negation: {
            Meaning m = meaning_of(e.children[0], context);
            if (m.number) return {.number = -*m.number};
            return {.objective = -std::move(m.objective)};
        }
        case Expression::Kind::product: {
            Meaning product{.number = 1};
            for (const Expression& factor : e.children) {
                Meaning m = meaning_of(factor, context);
                if (product.number && m.number)
                    product.number = *product.number * *m.number;
                else if (product.number)
                    product = {.objective = *product.number * std::move(m.objective)};
                else if (m.number)
                    product.objective = *m.number * std::move(product.objective);
                else
                    product.objective = product.objective * m.objective;
            }
            return product;
        }
        case Expression::Kind::sum: {
            Meaning sum = meaning_of(e.children[0], context);
            for (std::size_t i = 1; i < e.children.size(); ++i) {
                Meaning m = meaning_of(e.children[i], context);
                if (sum.number.has_value() != m.number.has_value())
                    fail_at(e.children[i].place, "a number and a term cannot be added: a number changes nothing");
                if (m.number)
                    *sum.number += *m.number;
                else
                    sum.objective = std::move(sum.objective) + m.objective;
            }
            return sum;
        }
    }
    return {};
}

}  // namespace

Objective read_objective(std::string_view text, const LanguageContext& context) {
    const Expression tree = parse_objective(text);
    Meaning m = meaning_of(tree, context);
    if (m.number) fail_at(tree.place, "found a number, expected at least one term, such as energy(LAYER)");
    return std::move(m.objective);
}

}  // namespace gradus
