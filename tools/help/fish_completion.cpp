#include <fmt/format.h>

#include "tools/help/completion.h"

namespace gradus {
namespace {

/// A string of fish: only \ and ' mean something inside '.
std::string fish_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\\' || c == '\'') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

/// The condition that this command was typed.
std::string in_command(const CommandPage& page) {
    const auto space = page.name.find(' ');
    const std::string seen = "__fish_seen_subcommand_from ";
    if (space == std::string::npos) return "-n '" + seen + page.name + "'";
    return fmt::format("-n '{0}{1}; and {0}{2}'", seen, page.name.substr(0, space), page.name.substr(space + 1));
}

std::string line(const CommandPage& page, const OptionEntry& option) {
    std::string text = "complete -c gradus " + in_command(page);
    for (const std::string& name : option.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    // -r: a value follows; -x: it is no file.
    if (!option.choices.empty())
        text += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    else if (!option.value.empty())
        text += option.value == "TEXT" ? " -r" : " -x";
    return text + " -d " + fish_quoted(option.what) + "\n";
}

}  // namespace

std::string fish_completion(const CommandPage& program) {
    std::string text = "# Completion for gradus in fish, written by `gradus completion fish`.\n";
    std::string commands;
    for (const CommandPage& command : program.commands) commands += " " + command.name;
    for (const CommandPage& command : program.commands) {
        text += fmt::format("complete -c gradus -f -n __fish_use_subcommand -a {} -d {}\n", command.name,
                            fish_quoted(command.what));
        std::string inside;
        for (const CommandPage& one : command.commands) inside += " " + one.last_name();
        for (const CommandPage& one : command.commands)
            text += fmt::format(
                "complete -c gradus -f -n '__fish_seen_subcommand_from {}; and not __fish_seen_subcommand_from{}' -a "
                "{} -d {}\n",
                command.name, inside, one.last_name(), fish_quoted(one.what));
    }
    text += fmt::format("complete -c gradus -n '__fish_seen_subcommand_from{}' -l config -r -d 'values for options'\n",
                        commands);
    for (const CommandPage* command : leaves(program))
        for (const OptionEntry& option : command->options)
            if (!option.by_place) text += line(*command, option);
    return text;
}

}  // namespace gradus
