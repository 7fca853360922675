#include "tools/search/expression.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/error.h"

using namespace gradus;

namespace {

using Kind = Expression::Kind;

/// The tree with all its parentheses: "(+ (* 0.1 energy[4c]) (- tv))".
std::string shown(const Expression& e) {
    if (e.kind == Kind::number) return fmt::format("{}", e.number);
    if (e.kind == Kind::call) {
        std::string text = e.name;
        for (const auto& a : e.arguments) text += fmt::format("[{}{}{}]", a.name, a.name.empty() ? "" : "=", a.text);
        return e.at ? fmt::format("{}@[{}{}{}]", text, e.at->name, e.at->name.empty() ? "" : "=", e.at->text) : text;
    }
    std::string text = e.kind == Kind::sum ? "(+" : e.kind == Kind::product ? "(*" : "(-";
    for (const Expression& child : e.children) text += fmt::format(" {}", shown(child));
    return text + ")";
}

std::string tree(std::string_view text) { return shown(parse_objective(text)); }

std::string error(std::string_view text) {
    return test::error_of([&] { parse_objective(text); });
}

std::string repeated(std::string_view part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
}

}  // namespace

TEST_SUITE("expression") {
    TEST_CASE("products bind closer than sums, and what is subtracted is negated") {
        CHECK(tree("0.1*energy(inception_4c/output) + class(goldfish) - 2e-4*tv") ==
              "(+ (* 0.1 energy[inception_4c/output]) class[goldfish] (- (* 0.0002 tv)))");
        CHECK(tree("a - b - c") == "(+ a (- b) (- c))");
        CHECK(tree("a-b*c+d") == "(+ a (- (* b c)) d)");
        CHECK(tree("a*b*c") == "(* a b c)");
        CHECK(tree("a*(b + c)") == "(* a (+ b c))");
        CHECK(tree("(a*b) - (c - d)") == "(+ (* a b) (- (+ c (- d))))");
        CHECK(tree("((a))") == "a");
    }
    TEST_CASE("a sign before a sum negates its first product, before a factor that factor") {
        CHECK(tree("-a*b + c") == "(+ (- (* a b)) c)");
        CHECK(tree("a*-b*c") == "(* a (- b) c)");
        CHECK(tree("-a") == "(- a)");
        CHECK(tree("--a") == "(- (- a))");
        CHECK(tree("a - -b") == "(+ a (- (- b)))");
        CHECK(tree("-(a + b)") == "(- (+ a b))");
    }
    TEST_CASE("numbers") {
        CHECK(tree("2") == "2");
        CHECK(tree("0.5") == "0.5");
        CHECK(tree(".5") == "0.5");
        CHECK(tree("5.") == "5");
        CHECK(tree("1e3") == "1000");
        CHECK(tree("1E+3") == "1000");
        CHECK(tree("2.5e-1-1") == "(+ 0.25 (- 1))");
        CHECK(tree("1e-999") == "0");
        CHECK(parse_objective("0.1").number == 0.1);
    }
    TEST_CASE("arguments: words with signs in them, texts in quotes, names") {
        CHECK(tree("energy(conv-1+2, channel=-7)") == "energy[conv-1+2][channel=-7]");
        CHECK(tree("style(\"my photo, (1).jpg\", weight='0:1,100:0.1')") ==
              "style[my photo, (1).jpg][weight=0:1,100:0.1]");
        CHECK(tree("text('say \"\xc3\xa9\" = 1', \"\")") == "text[say \"\xc3\xa9\" = 1][]");
        CHECK(tree("style(a.jpg)@relu4_1*2") == "(* style[a.jpg]@[relu4_1] 2)");
        CHECK(tree("tv @ \"relu*_1\" - a") == "(+ tv@[relu*_1] (- a))");
        CHECK(tree("tv@layer=x-y") == "tv@[layer=x-y]");
        CHECK(tree("f(2x, /a/b:0.1)") == "f[2x][/a/b:0.1]");
    }
    TEST_CASE("spaces change nothing") {
        CHECK(tree(" \t\n0.1 * energy ( 4c ,\r\n channel = 7 ) @ x - tv ") == tree("0.1*energy(4c,channel=7)@x -tv"));
    }
    TEST_CASE("everything knows where it stands") {
        //                                   0         1         2         3
        //                                   0123456789012345678901234567890123456789
        const Expression e = parse_objective(" 2*f(a, name = \"b\")@c - (g + -1)*h");
        CHECK(e.place.position == 1);
        REQUIRE(e.children.size() == 2);
        const Expression& product = e.children[0];
        CHECK(product.place.position == 1);
        const Expression& f = product.children.at(1);
        CHECK(f.place.position == 3);
        REQUIRE(f.arguments.size() == 2);
        CHECK(f.arguments[0].place.position == 5);
        CHECK(f.arguments[0].text_place.position == 5);
        CHECK(f.arguments[1].place.position == 8);
        CHECK(f.arguments[1].text_place.position == 15);
        REQUIRE(f.at.has_value());
        CHECK(f.at->place.position == 20);
        const Expression& negation = e.children[1];
        CHECK(negation.kind == Kind::negation);
        CHECK(negation.place.position == 22);
        const Expression& sum = negation.children.at(0).children.at(0);
        CHECK(sum.kind == Kind::sum);
        CHECK(sum.place.position == 25);
        CHECK(sum.children.at(1).place.position == 29);
        CHECK(sum.children.at(1).children.at(0).place.position == 30);
    }
    TEST_CASE("an error is one sentence that says where, and what may stand there") {
        CHECK(error("") ==
              "objective: at character 1, found nothing, expected an objective such as \"class(goldfish)\"");
        CHECK(error(" \n") ==
              "objective: at character 3, found nothing, expected an objective such as \"class(goldfish)\"");
        CHECK(error("0.1*energy(4c) +") ==
              "objective: at character 17, after \"0.1*energy(4c) +\", found the end, expected a number, a name, \"-\" "
              "or \"(\"");
        CHECK(error("+a") == "objective: at character 1, found \"+\", expected a number, a name, \"-\" or \"(\"");
        CHECK(error("a * * b") ==
              "objective: at character 5, after \"a *\", found \"*\", expected a number, a name, \"-\" or \"(\"");
        CHECK(error("a b.c") ==
              "objective: at character 3, after \"a\", found \"b.c\", expected \"+\", \"-\", \"*\" or the end");
        CHECK(error("a)") ==
              "objective: at character 2, after \"a\", found \")\", expected \"+\", \"-\", \"*\" or the end");
        CHECK(error("2*(a + b") ==
              "objective: at character 9, after \"2*(a + b\", found the end, expected \"+\", \"-\", \"*\" or the \")\" "
              "for the "
              "\"(\" at character 3");
        CHECK(error("f(a b)") ==
              "objective: at character 5, after \"f(a\", found \"b\", expected \",\" or the \")\" for the \"(\" at "
              "character 2");
        CHECK(error("f(a") ==
              "objective: at character 4, after \"f(a\", found the end, expected \",\" or the \")\" for the \"(\" at "
              "character 2");
        CHECK(error("f()") ==
              "objective: at character 3, after \"f(\", found \")\", expected a word, or a text in quotes");
        CHECK(error("f(a,)") ==
              "objective: at character 5, after \"f(a,\", found \")\", expected a word, or a text in quotes");
        CHECK(error("f(a=)") ==
              "objective: at character 5, after \"f(a=\", found \")\", expected a word, or a text in quotes");
        CHECK(error("f@") ==
              "objective: at character 3, after \"f@\", found the end, expected a word, or a text in quotes");
        CHECK(error("f(a/b = 1)") ==
              "objective: at character 3, after \"f(\", found \"a/b\" before a \"=\", expected a name of letters, "
              "digits and "
              "\"_\"");
        CHECK(error("f('a'=1)") ==
              "objective: at character 3, after \"f(\", found \"a\" before a \"=\", expected a name of letters, digits "
              "and \"_\"");
        CHECK(error("f(\"a)") ==
              "objective: at character 3, after \"f(\", found a \" and not the one that ends the text");
    }
    TEST_CASE("what is nearly a number") {
        for (const char* text : {"2x", "1.2.3", ".", "1e", "4c", "1e-"}) {
            CAPTURE(text);
            CHECK(test::has(error(text), "expected a number such as 2, 0.5 or 1e-3"));
        }
        CHECK(error("a + 1e999") ==
              "objective: at character 5, after \"a +\", found \"1e999\", expected a number below 1.8e308");
    }
    TEST_CASE("characters are counted, not bytes, and a long text is shown by its end") {
        CHECK(error("f(\"\xc3\xa9\xc3\xa9\") ?") ==
              "objective: at character 9, after \"f(\"\xc3\xa9\xc3\xa9\")\", found \"?\", expected \"+\", \"-\", \"*\" "
              "or the end");
        CHECK(error(repeated("a + ", 100) + "*") ==
              "objective: at character 401, after \"... a + a + a + a + a + a +\", found \"*\", expected a number, a "
              "name, \"-\" "
              "or \"(\"");
        CHECK(error("\xc3\xa9") ==
              "objective: at character 1, found \"\xc3\xa9\", expected a number, a name, \"-\" or \"(\"");
        CHECK(test::has(error(std::string("a\0b", 3)), "at character 2, after \"a\", found \"?\""));
    }
    TEST_CASE("hostile texts end in a sentence") {
        CHECK(tree(repeated("(", 64) + "a" + repeated(")", 64)) == "a");
        CHECK(test::has(
            error(repeated("(", 65) + "a" + repeated(")", 65)),
            "at character 65, after \"...((((((((((((((((((((((((\", found 65 signs and parentheses in each other, "
            "expected 64 at most"));
        CHECK(test::has(error(repeated("-", 65536)), "expected 64 at most"));
        CHECK(test::has(error(repeated("f(-", 20000)), "expected"));
        CHECK(error(std::string(65537, 'a')) == "objective: found 65537 bytes, expected 65536 at most");
        CHECK(parse_objective(repeated("1+", 32767) + "1").children.size() == 32768);
        CHECK(parse_objective(repeated("a*", 63) + "a").children.size() == 64);
        CHECK(test::has(error(repeated("a*", 19999) + "a"), "found another factor, expected 64 at most in a product"));
        CHECK(parse_objective(repeated("a+", 999) + "a").children.size() == 1000);
        CHECK(test::has(error(repeated("a+", 1000) + "a"), "found another term, expected 1000 at most"));
    }
    TEST_CASE("whoever reads the tree points the same way") {
        const Expression e = parse_objective("2*enrgy(4c, channel=x7, weight=-1e-3, step=2)");
        const Expression& call = e.children.at(1);
        CHECK_ERROR(fail_at(call.place, "found \"enrgy\", expected energy"),
                    "objective: at character 3, after \"2*\", found \"enrgy\", expected energy");
        CHECK_ERROR(
            number_of(call.arguments.at(1)),
            "objective: at character 21, after \"2*enrgy(4c, channel=\", found \"x7\", expected a number such as 2, "
            "0.5 or -1e-3");
        CHECK(number_of(call.arguments.at(2)) == -1e-3);
        CHECK(number_of(call.arguments.at(3)) == 2);
        for (const char* text : {"f(\"\")", "f(-)", "f(1:2)", "f(1e999)", "f(--1)", "f(inf)", "f(\" 1\")"}) {
            CAPTURE(text);
            CHECK_ERROR(number_of(parse_objective(text).arguments.at(0)), "expected a number such as");
        }
    }
}
