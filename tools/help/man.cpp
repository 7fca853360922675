#include "tools/help/man.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace gradus {
namespace {

/// As roff needs it: no backslash, no dash that could become a hyphen, no line that begins as a request does.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
            out += std::string("\\&") + c;
        else
            out += c;
    }
    return out;
}

std::string in_capitals(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return c == '-' ? ' ' : static_cast<char>(std::toupper(c)); });
    return text;
}

std::string section(const std::string& heading) { return fmt::format(".SH {}\n", in_capitals(heading)); }

std::string term(const OptionEntry& option) {
    std::vector<std::string> bold;
    for (const std::string& name : option.names) bold.push_back("\\fB" + escaped(name) + "\\fR");
    std::string text = fmt::format("{}", fmt::join(bold, ", "));
    if (!option.by_place && !option.value.empty()) text += " \\fI" + escaped(value_of(option)) + "\\fR";
    return text + (option.several ? " ..." : "");
}

std::string options_of(const CommandPage& page) {
    std::string text;
    for (const std::string& heading : headings(page)) {
        std::string entries;
        for (const OptionEntry& option : page.options)
            if (option.heading == heading)
                entries += fmt::format(".TP\n{}\n{}\n", term(option), escaped(explained(option, true)));
        if (entries.empty()) continue;
        text += heading.empty() ? section("options") : section(heading + " options");
        text += entries;
    }
    return text;
}

std::string typed(const std::vector<std::string>& lines) {
    std::string text = ".PP\n.EX\n";
    for (const std::string& line : lines) text += escaped(line) + "\n";
    return text + ".EE\n";
}

std::string paragraphs(const Topic& topic) {
    std::string text;
    std::vector<std::string> lines;
    for (const std::string& paragraph : topic.paragraphs) {
        if (paragraph.starts_with("  ")) {
            lines.push_back(paragraph);
            continue;
        }
        if (!lines.empty()) text += typed(lines);
        lines.clear();
        text += ".PP\n" + escaped(paragraph) + "\n";
    }
    return lines.empty() ? text : text + typed(lines);
}

/// A command inside another one.
std::string inside(const CommandPage& page) {
    std::string text = fmt::format(".SS {}\n{}\n", escaped(usage(page)), escaped(page.what));
    for (const OptionEntry& option : page.options)
        text += fmt::format(".TP\n{}\n{}\n", term(option), escaped(explained(option, true)));
    return text;
}

std::string dashed(const CommandPage& page) {
    std::string name = page.full_name();
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

}  // namespace

std::string man_page(const CommandPage& page, const std::string& version, const std::vector<Topic>& topics) {
    const std::string name = dashed(page);
    std::string text = fmt::format(".TH {} 1 \"\" \"{}\" \"User Commands\"\n", in_capitals(page.full_name()), version);
    text += section("name") + fmt::format("{} \\- {}\n", escaped(name), escaped(page.what));
    text += section("synopsis") + fmt::format(".B {}\n", escaped(usage(page)));
    if (page.name.empty()) {
        text += section("commands");
        for (const CommandPage& command : page.commands)
            text += fmt::format(".TP\n\\fBgradus {}\\fR\n{}\n", escaped(command.name), escaped(command.what));
    } else if (!page.commands.empty()) {
        text += section("commands");
        for (const CommandPage& command : page.commands) text += inside(command);
    }
    text += options_of(page);
    if (!page.examples.empty()) text += section("examples") + typed(page.examples);
    for (const Topic& topic : topics) text += section(topic.name) + paragraphs(topic);
    text += section("see also");
    if (!page.name.empty()) return text + ".BR gradus (1)\n";
    for (std::size_t i = 0; i < page.commands.size(); ++i)
        text +=
            fmt::format(".BR {} (1){}\n", escaped(dashed(page.commands[i])), i + 1 < page.commands.size() ? "," : "");
    return text;
}

std::string man_file(const CommandPage& page) { return dashed(page) + ".1"; }

}  // namespace gradus
