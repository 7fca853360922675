#include "tools/cli/describe.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>

namespace gradus {
namespace {

OptionEntry entry(const CLI::Option& option) {
    OptionEntry entry{.names = {}, .what = option.get_description(), .usual = option.get_default_str()};
    if (entry.usual == "[]") entry.usual.clear();
    if (option.get_positional()) entry.names = {option.get_name(true)};
    for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
    entry.by_place = option.get_positional();
    entry.required = option.get_required();
    entry.several = option.get_items_expected_max() > 1;
    if (option.get_group() != "Options") entry.heading = option.get_group();
    if (option.get_expected_min() == 0 && option.get_expected_max() == 0) {
        entry.usual.clear();  // a flag
        return entry;
    }
    // "INT:1 to 32" or "TEXT:{a,b}": the type, and what a check says of itself (options.cpp).
    std::istringstream type(option.get_type_name());
    std::string kind, check;
    std::getline(type, kind, ':');
    std::getline(type, check);
    entry.value = kind.starts_with("INT") || kind.starts_with("UINT") ? "N" : kind.starts_with("FLOAT") ? "X" : kind;
    if (!check.starts_with('{')) {
        entry.range = check;
        return entry;
    }
    std::istringstream choices(check.substr(1, check.size() - 2));
    for (std::string one; std::getline(choices, one, ',');) entry.choices.push_back(one);
    return entry;
}

}  // namespace

std::string name_of(const CLI::App& command) {
    std::string name;
    for (const CLI::App* at = &command; at->get_parent() != nullptr; at = at->get_parent())
        name = at->get_name() + (name.empty() ? "" : " ") + name;
    return name;
}

CommandPage describe(const CLI::App& command) {
    CommandPage page{.name = name_of(command), .what = command.get_description()};
    std::istringstream examples(command.get_footer());
    for (std::string one; std::getline(examples, one);) page.examples.push_back(one);
    for (const CLI::Option* option : command.get_options())
        if (option != command.get_help_ptr() && !option->get_group().empty()) page.options.push_back(entry(*option));
    for (const CLI::App* inside : command.get_subcommands([](const CLI::App*) { return true; }))
        page.commands.push_back(describe(*inside));
    return page;
}

}  // namespace gradus
