#include "tools/help/command_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace gradus {
namespace {

std::string in_capitals(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

bool choices_fit(const OptionEntry& option) { return fmt::format("{}", fmt::join(option.choices, "|")).size() <= 24; }

}  // namespace

std::vector<std::string> headings(const CommandPage& page) {
    std::vector<std::string> all{""};
    for (const OptionEntry& option : page.options)
        if (std::find(all.begin(), all.end(), option.heading) == all.end()) all.push_back(option.heading);
    return all;
}

std::string usage(const CommandPage& page) {
    std::string text = page.full_name();
    if (!page.commands.empty()) return text + " COMMAND ...";
    for (const OptionEntry& option : page.options)
        if (option.by_place) {
            const std::string name = in_capitals(option.names.front()) + (option.several ? "..." : "");
            text += option.required ? " " + name : " [" + name + "]";
        }
    for (const OptionEntry& option : page.options)
        if (!option.by_place && option.required) text += fmt::format(" {} {}", option.names.front(), value_of(option));
    return text + " [OPTION]...";
}

std::string explained(const OptionEntry& option, bool with_range) {
    std::vector<std::string> facts;
    if (option.required)
        facts.push_back("required");
    else if (!option.usual.empty())
        facts.push_back("default: " + option.usual);
    if (with_range && !option.range.empty()) facts.push_back(option.range);
    if (!option.choices.empty() && !choices_fit(option))
        facts.push_back(fmt::format("one of {}", fmt::join(option.choices, ", ")));
    return facts.empty() ? option.what : fmt::format("{} [{}]", option.what, fmt::join(facts, "; "));
}

std::string value_of(const OptionEntry& option) {
    if (option.choices.empty()) return option.value;
    return choices_fit(option) ? fmt::format("{}", fmt::join(option.choices, "|")) : "NAME";
}

}  // namespace gradus
