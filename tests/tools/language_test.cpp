#include "tools/search/language.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

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
            .mask =
                [](const std::string&) {
                    return Image{.width = 1, .height = 1, .rgb = {0, 0, 0}};
                },
            .code = [](const std::string&, const Image&) { return Tensor(Shape{1}, {1.0f}); },
            .style =
                [](const std::vector<std::string>& layers, const Image&, bool) {
                    std::map<std::string, Style> styles;
                    for (const std::string& layer : layers)
                        styles[layer] = {Tensor({1, 1}, {1}).to(DType::f64), Tensor({1}, {1}).to(DType::f64)};
                    return styles;
                },
            .style_layers =
                [] {
                    return std::vector<std::string>{"conv1", "conv2"};
                },
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
        CHECK(terms("2*direction(conv1, \"12:1,40:-0.5\") - direction(7:2, power=2)@conv2") ==
              "2 direction(conv1, 12:1,40:-0.5), -1 direction(conv2, 7:2)");
        CHECK(terms("alpha(4) + l1 + l2(0) + roughness + tv(beta=1.5)") ==
              "1 alpha_norm(4), 1 l1, 1 l2, 1 roughness, 1 tv(beta)");
        CHECK(terms("style(art.jpg) - 2*texture(art.jpg)@conv2 + content(cat.jpg)@conv1") ==
              "-0.5 style(conv1), -0.5 style(conv2), 2 style(conv2), 1 nearness(conv1)");
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
        CHECK(o.terms[0].mask->rgb[0] == 0);  // what `mask` loads, not `picture`
        for (const std::string term : {"energy(conv1", "mean(conv1", "channel(conv1, 1", "neuron(conv1, 1",
                                       "direction(conv1, 1:1", "near(a.png, layer=conv1", "guide(a.png, layer=conv1",
                                       "tv(l1", "alpha(6", "l1(0.5", "l2(0.5", "roughness(weight=1"}) {
            CAPTURE(term);
            CHECK(read_objective(fmt::format("{}, mask=sky.png)", term), context()).terms[0].mask.has_value());
        }
        for (const std::string term : {"class", "probability", "log_probability", "margin"}) {
            CAPTURE(term);
            test::check_refuses([&] { read_objective(fmt::format("{}(goldfish, mask=sky.png)", term), context()); },
                                "has no places that a mask could tell apart");
            CHECK(read_objective(fmt::format("{}(goldfish, weight=\"0:1,9:0\")", term), context())
                      .terms[0]
                      .weight.at(9) == 0);
        }
    }
    TEST_CASE("the page about objectives shows what can be read") {
        std::ifstream page(std::filesystem::path(GRADUS_SOURCE_DIR) / "docs/objectives.md");
        LanguageContext any = context();
        any.is_layer = [](const std::string&) { return true; };
        int examples = 0;
        const auto read = [&](const std::string& text) {
            CAPTURE(text);
            ++examples;
            CHECK_NOTHROW(read_objective(text, any));
        };
        bool block = false, grammar = false;
        for (std::string line; std::getline(page, line);) {
            grammar = grammar || line == "## Grammar";
            if (line.starts_with("```")) {
                block = !block;
            } else if (block && !grammar) {
                read(line.substr(0, line.find("   ")));  // a remark may follow
            } else if (!block && !line.starts_with("|")) {
                // Code in the text that has an operator between spaces, such as `class(goldfish) - tv`.
                for (std::size_t at = line.find('`'); at != std::string::npos; at = line.find('`', at + 1)) {
                    const std::size_t end = line.find('`', at + 1);
                    std::string code = line.substr(at + 1, end == std::string::npos ? end : end - at - 1);
                    at = end;
                    if (end == std::string::npos) break;
                    if (code.starts_with("'")) code = code.substr(1, code.size() - 2);
                    if (code.find(" - tv") != std::string::npos) read(code);
                }
            }
        }
        CHECK(examples >= 6);
    }
    TEST_CASE("what is wrong is pointed at") {
        const std::vector<std::pair<std::string, std::string>> wrong{
            {"enrgy(conv1)", "character 1"},
            {"enrgy(conv1)", "the nearest is \"energy\""},
            {"tv + energy(conv3)", "character 13"},
            {"tv + energy(conv3)", "the nearest is \"conv1\""},
            {"channel(conv1)", "was given no channel"},
            {"channel(conv1, 1.5)", "expected a whole number"},
            {"direction(conv1)", "was given no along"},
            {"direction(conv1, 5)", "character 18"},
            {"direction(conv1, 5)", "is not CHANNEL:WEIGHT"},
            {"direction(conv1, 5:0)", "points nowhere"},
            {"class(goldfsh)", "no class \"goldfsh\""},
            {"energy(conv1, 3)", "does not take \"3\""},
            {"energy(conv1, place=3)", "does not take \"place\""},
            {"tv@conv1", "reads no layer"},
            {"tv(l3)", "expected l1, squared, beta or nine_point"},
            {"diversity(conv1)", "visualize --variants"},
            {"neuron(conv1, 4, row=-7)", "found row \"-7\", expected 0 or more"},
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
