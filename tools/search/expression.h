#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

/// A place in an objective's text, to point at in messages.
struct ExpressionPlace {
    std::shared_ptr<const std::string> text = {};
    std::size_t position = 0;  // in bytes from 0
};

/// What a call is given: in energy(inception_4c/output, channel=7), the word and the number.
struct ExpressionArgument {
    std::string name = {};            // "channel"; empty where there is none
    std::string text = {};            // "7"; without its quotes, where it has some
    ExpressionPlace place = {};       // of its first character: that of the name, where there is one
    ExpressionPlace text_place = {};  // of the text's first character, or of the quote before it
};

/// What an objective says, as a tree. What its names mean is for the reader of the tree to know.
struct Expression {
    enum class Kind { number, sum, product, negation, call };

    Kind kind = Kind::number;
    double number = 0;                               // of a number
    std::string name = {};                           // of a call, like the next two
    std::vector<ExpressionArgument> arguments = {};  // in parentheses
    std::optional<ExpressionArgument> at = {};       // behind an '@'
    std::vector<Expression> children = {};           // of a sum and a product, two or more; of a negation, one
    ExpressionPlace place = {};                      // of its first character; of a negation, its '-'
};

/// Reads an objective such as "0.1*energy(inception_4c/output) + class(goldfish) - 2e-4*tv"; docs/objectives.md has the
/// grammar. A difference becomes a sum with a negation in it. Texts may come from anybody: they have at most 65536
/// bytes, parentheses and signs in each other at most 64 deep, at most 64 factors in a product and 1000 terms in all.
///
/// throws    "objective: at character 15, after "0.1*energy(4c)", found ")", expected "+", "-", "*" or the end"
Expression parse_objective(std::string_view text);

/// The number that an argument's text is, with or without a sign. Throws Error, pointing at it, where it is none.
double number_of(const ExpressionArgument& argument);

/// Throws Error with a sentence that points at a place: "objective: at character 5, after "2 *", " and what the caller
/// has to say, such as "found "enrgy", expected one of class, energy and tv". Characters count from 1.
[[noreturn]] void fail_at(const ExpressionPlace& place, const std::string& what);

}  // namespace gradus
