#include "tools/search/expression.h"

#include <algorithm>
#include <cmath>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/search/point.h"
#include "tools/search/scan.h"

namespace gradus {
namespace {

constexpr std::size_t longest = std::size_t{1} << 16;
constexpr int deepest = 64;
constexpr std::size_t most_factors = 64;  // a product of n terms is recorded n deep
constexpr int most_terms = 1000;

/// Reads from left to right, with a function for each rule of the grammar.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(std::make_shared<const std::string>(text)) {}

    Expression whole() {
        next();
        if (at_ == text_->size()) fail("found nothing, expected an objective such as \"class(goldfish)\"");
        Expression e = sum();
        next();
        if (at_ < text_->size()) fail(found() + ", expected \"+\", \"-\", \"*\" or the end");
        return e;
    }

private:
    Expression sum() {
        Expression first = next() == '-' ? negation(&Parser::product) : product();
        if (next() != '+' && next() != '-') return first;
        Expression e{.kind = Expression::Kind::sum, .place = first.place};
        e.children.push_back(std::move(first));
        while (next() == '+' || next() == '-')
            if (next() == '-') {
                e.children.push_back(negation(&Parser::product));
            } else {
                ++at_;
                e.children.push_back(product());
            }
        return e;
    }

    Expression product() {
        Expression first = factor();
        if (next() != '*') return first;
        Expression e{.kind = Expression::Kind::product, .place = first.place};
        e.children.push_back(std::move(first));
        while (next() == '*') {
            if (e.children.size() == most_factors)
                fail(fmt::format("found another factor, expected {} at most in a product", most_factors));
            ++at_;
            e.children.push_back(factor());
        }
        return e;
    }

    Expression factor() {
        const char c = next();
        if (is_digit(c) || c == '.') return number();
        if (is_name(c)) return call();
        if (c != '-' && c != '(') fail(found() + ", expected a number, a name, \"-\" or \"(\"");
        if (++depth_ > deepest)
            fail(fmt::format("found {} signs and parentheses in each other, expected {} at most", depth_, deepest));
        Expression e = c == '-' ? negation(&Parser::factor) : parenthesis();
        --depth_;
        return e;
    }

    /// A '-', and what it negates.
    Expression negation(Expression (Parser::*rule)()) {
        Expression e{.kind = Expression::Kind::negation, .place = here()};
        ++at_;
        e.children.push_back((this->*rule)());
        return e;
    }

    Expression parenthesis() {
        const ExpressionPlace open = here();
        ++at_;
        Expression e = sum();
        close(open, "\"+\", \"-\", \"*\"");
        return e;
    }

    Expression number() {
        Expression e{.kind = Expression::Kind::number, .place = here()};
        const std::string_view rest = std::string_view(*text_).substr(at_);
        const std::size_t length = number_length(rest);
        const char then = length < rest.size() ? rest[length] : ' ';
        if (length == 0 || is_name(then) || then == '.') fail(found() + ", expected a number such as 2, 0.5 or 1e-3");
        e.number = value_of(rest.substr(0, length));
        if (!std::isfinite(e.number)) fail(found() + ", expected a number below 1.8e308");
        at_ += length;
        return e;
    }

    Expression call() {
        Expression e{.kind = Expression::Kind::call, .place = here()};
        if (++terms_ > most_terms) fail(fmt::format("found another term, expected {} at most", most_terms));
        e.name = take(is_name);
        if (next() == '(') {
            const ExpressionPlace open = here();
            do {
                ++at_;  // the '(' or a ','
                e.arguments.push_back(argument());
            } while (next() == ',');
            close(open, "\",\"");
        }
        if (next() == '@') {
            ++at_;
            e.at = argument();
        }
        return e;
    }

    ExpressionArgument argument() {
        const bool quoted = next() == '"' || next() == '\'';
        ExpressionArgument a{.place = here(), .text_place = here()};
        a.text = text();
        if (next() != '=') return a;
        if (quoted || !is_identifier(a.text))
            fail_at(a.place, fmt::format("found {} before a \"=\", expected a name of letters, digits and \"_\"",
                                         in_quotes(a.text)));
        ++at_;
        next();
        a.name = std::move(a.text);
        a.text_place = here();
        a.text = text();
        return a;
    }

    /// A word, or what stands between quotes.
    std::string text() {
        const char quote = next();
        if (is_word(quote)) return take(is_word);
        if (quote != '"' && quote != '\'') fail(found() + ", expected a word, or a text in quotes");
        const std::size_t begin = at_ + 1, end = text_->find(quote, begin);
        if (end == std::string::npos) fail(fmt::format("found a {} and not the one that ends the text", quote));
        at_ = end + 1;
        return text_->substr(begin, end - begin);
    }

    void close(const ExpressionPlace& open, const char* or_else) {
        if (next() != ')')
            fail(fmt::format("{}, expected {} or the \")\" for the \"(\" at character {}", found(), or_else,
                             character_at(open)));
        ++at_;
    }

    /// The next character that is no space, which it goes to; zero at the end.
    char next() {
        while (at_ < text_->size() && is_space((*text_)[at_])) ++at_;
        return at_ < text_->size() ? (*text_)[at_] : '\0';
    }

    std::string take(bool (*belongs)(char)) {
        const std::size_t begin = at_;
        while (at_ < text_->size() && belongs((*text_)[at_])) ++at_;
        return text_->substr(begin, at_ - begin);
    }

    ExpressionPlace here() const { return {text_, at_}; }
    [[noreturn]] void fail(const std::string& what) const { fail_at(here(), what); }

    /// "found ..." with the word or the character that is next.
    std::string found() const {
        if (at_ == text_->size()) return "found the end";
        const auto belongs = [](char c) { return is_name(c) || c == '.' || static_cast<unsigned char>(c) >= 0x80; };
        std::size_t end = at_;
        while (end < text_->size() && belongs((*text_)[end])) ++end;
        return fmt::format("found {}", in_quotes(text_->substr(at_, std::max<std::size_t>(end - at_, 1))));
    }

    std::shared_ptr<const std::string> text_;
    std::size_t at_ = 0;
    int depth_ = 0, terms_ = 0;
};

}  // namespace

Expression parse_objective(std::string_view text) {
    require(text.size() <= longest, "objective: found {} bytes, expected {} at most", text.size(), longest);
    return Parser(text).whole();
}

}  // namespace gradus
