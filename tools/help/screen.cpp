#include "tools/help/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace gradus {
namespace {

constexpr int margin = 2, left = 30;  // where a line begins, and what is said of an option

std::string title(const std::string& heading) { return heading.empty() ? "Options" : heading; }

/// "-o,--output TEXT", or "PHOTO..." as the usage has it.
std::string term(const OptionEntry& option) {
    std::string text = fmt::format("{}", fmt::join(option.names, ","));
    if (option.by_place) return text + (option.several ? "..." : "");
    if (!option.value.empty()) text += " " + value_of(option) + (option.several ? "..." : "");
    return text;
}

/// A term and what it means, beside each other or, after a long term, below.
std::string entry(const std::string& term, const std::string& text) {
    const int gap = left - margin - static_cast<int>(term.size());
    const std::string begin =
        gap >= 2 ? std::string(static_cast<std::size_t>(gap), ' ') : "\n" + std::string(left, ' ');
    const std::string lines = wrapped(std::string(left, 'x') + text, screen_width, left);
    return std::string(margin, ' ') + term + begin + lines.substr(left) + "\n";
}

std::string in_full(const CommandPage& page, const std::string& heading, bool with_ranges) {
    std::string text;
    for (const OptionEntry& option : page.options)
        if (option.heading == heading) text += entry(term(option), explained(option, with_ranges));
    return text.empty() ? text : fmt::format("\n{}:\n{}", title(heading), text);
}

/// "Search: --steps [512], --rate, ..."
std::string in_short(const CommandPage& page, const std::string& heading) {
    std::vector<std::string> names;
    for (const OptionEntry& option : page.options)
        if (option.heading == heading)
            names.push_back(option.names.back() + (option.usual.empty() ? "" : " [" + option.usual + "]"));
    return fmt::format("\n{}\n",
                       wrapped(fmt::format("{}: {}", title(heading), fmt::join(names, ", ")), screen_width, margin));
}

/// With the ranges of values where `whole`; headings that are `shortened` have their options' names only.
std::string written(const CommandPage& page, bool whole, const std::set<std::string>& shortened) {
    std::string text = wrapped(fmt::format("Usage: {}", usage(page)), screen_width, 7) + "\n" +
                       wrapped(page.what, screen_width) + "\n";
    if (!page.commands.empty()) text += "\nCommands:\n";
    for (const CommandPage& command : page.commands) text += entry(command.last_name(), command.what);
    for (const std::string& heading : headings(page))
        text += shortened.count(heading) > 0 ? in_short(page, heading) : in_full(page, heading, whole);
    if (!page.examples.empty()) text += "\n";
    for (std::size_t i = 0; i < page.examples.size(); ++i)
        text += (i == 0 ? "Example: " : "         ") + page.examples[i] + "\n";
    if (!whole && page.commands.empty())
        text += fmt::format("More: `gradus help {}`; of --config FILE: `gradus help configuration`.\n", page.name);
    return text;
}

}  // namespace

std::string whole_page(const CommandPage& page) { return written(page, true, {}); }

std::string one_screen(const CommandPage& page) {
    const std::vector<std::string> all = headings(page);
    std::set<std::string> shortened;
    std::string text = written(page, false, shortened);
    for (auto heading = all.rbegin(); heading != all.rend() && !heading->empty(); ++heading) {
        if (std::count(text.begin(), text.end(), '\n') <= screen_height) break;
        shortened.insert(*heading);
        text = written(page, false, shortened);
    }
    return text;
}

std::string wrapped(const std::string& text, int width, int indent) {
    std::istringstream words(text);
    std::string all, line;
    for (std::string word; words >> word;) {
        if (!line.empty() && static_cast<int>(line.size() + 1 + word.size()) > width) {
            all += line + "\n";
            line = std::string(static_cast<std::size_t>(indent), ' ') + word;
        } else {
            line += (line.empty() ? "" : " ") + word;
        }
    }
    return all + line;
}

}  // namespace gradus
