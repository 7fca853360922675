#include "tools/search/language.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "tests/check.h"

using namespace gradus;

namespace {

LanguageContext context() {
    return {.class_named =
                [](const std::string& name) {
                    if (name != "goldfish") throw Error("no class \"" + name + "\"");
                    return 1;
                },
            .picture =
                [](const std::string&) {
                    return Image{.width = 1, .height = 1, .rgb = {1, 1, 1}};
                },
            .code = [](const std::string&, const Image&) { return Tensor(Shape{1}, {1.0f}); },
            .is_layer = [](const std::string& name) { return name == "conv1" || name == "conv2"; },
            .nearest_layers = [](const std::string&) { return std::string("the nearest is \"conv1\""); }};
}

/// "2 energy(conv1), -1 tv(l1)": the terms with their weights.
std::string terms(const std::string& text) {
    std::string all;
    for (const ObjectiveTerm& term : read_objective(text, context()).terms) {
        char weight[32];
        std::snprintf(weight, sizeof weight, "%g ", term.weight.at(0));
        all += (all.empty() ? "" : ", ");
        all += weight;
        all += term.name;
    }
    return all;
}

}  // namespace

TEST_SUITE("language") {
    TEST_CASE("numbers weigh, sums add, products of terms multiply") {
        CHECK(terms("0.1*energy(conv1) + class(goldfish) - 2e-4*tv") ==
              "0.1 energy(conv1), 1 class(1), -0.0002 tv(l1)");
        CHECK(terms("-(2*energy(conv1) - tv(squared))*3") == "-6 energy(conv1), 3 tv(squared)");
        CHECK(terms("energy(conv1)*channel(conv2, 3)") == "1 energy(conv1) * channel(conv2, 3)");
        CHECK(terms("(1+2)*mean@conv2") == "3 mean(conv2)");
        CHECK(terms("neuron(conv1, 4, row=2, column=5)") == "1 neuron(conv1, 4, 2, 5)");
        CHECK(terms("alpha(4) + l1 + l2(0) + roughness + diversity(conv1)") ==
              "1 alpha_norm(4), 1 l1, 1 l2, 1 roughness, 1 diversity(conv1)");
        CHECK(terms("near(cat.jpg)@conv1 + guide(cat.jpg)@conv2") == "1 nearness(conv1), 1 guided(conv2)");
        CHECK(terms("margin(goldfish)+probability(goldfish)+log_probability(goldfish)") ==
              "1 margin(1), 1 probability(1), 1 log_probability(1)");
    }
    TEST_CASE("every term takes a mask and a schedule") {
        const Objective o = read_objective("2*energy(conv1, mask=sky.png, weight=\"0:1,10:0\")", context());
        CHECK(o.terms[0].mask.has_value());
        CHECK(o.terms[0].weight.at(0) == 2);
        CHECK(o.terms[0].weight.at(5) == 1);
        CHECK(o.terms[0].weight.at(10) == 0);
    }
    TEST_CASE("what is wrong is pointed at") {
        const std::vector<std::pair<std::string, std::string>> wrong{
            {"enrgy(conv1)", "character 1"},
            {"enrgy(conv1)", "the nearest is \"energy\""},
            {"tv + energy(conv3)", "character 13"},
            {"tv + energy(conv3)", "the nearest is \"conv1\""},
            {"channel(conv1)", "was given no channel"},
            {"channel(conv1, 1.5)", "expected a whole number"},
            {"class(goldfsh)", "no class \"goldfsh\""},
            {"energy(conv1, 3)", "does not take \"3\""},
            {"energy(conv1, place=3)", "does not take \"place\""},
            {"tv@conv1", "reads no layer"},
            {"tv(l3)", "expected l1, squared or beta"},
            {"2 * 3", "expected at least one term"},
            {"tv + 1", "a number changes nothing"},
            {"energy(conv1, weight=\"5:1,2:0\")", "steps that rise"},
        };
        for (const auto& one : wrong) {
            CAPTURE(one.first);
            test::check_refuses([&] { read_objective(one.first, context()); }, one.second);
        }
    }
}
