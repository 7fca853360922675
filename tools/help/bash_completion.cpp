#include <fmt/format.h>

#include "tools/help/completion.h"

namespace gradus {
namespace {

std::string words(const std::vector<CommandPage>& commands) {
    std::string all;
    for (const CommandPage& command : commands) all += (all.empty() ? "" : " ") + command.last_name();
    return all;
}

/// A line for each option that takes a value: what it chooses from, or nothing where it takes any.
std::string values_of(const CommandPage& page) {
    std::string text;
    for (const OptionEntry& option : page.options) {
        if (option.by_place || option.value.empty()) continue;
        std::string pattern;
        for (const std::string& name : option.names)
            pattern += fmt::format("{}'{} {}'", pattern.empty() ? "" : " | ", page.name, name);
        text += fmt::format("        {}) values={} takes=yes ;;\n", pattern,
                            shell_quoted(fmt::format("{}", fmt::join(option.choices, " "))));
    }
    return text;
}

std::string options_of(const CommandPage& page) {
    std::string names;
    for (const OptionEntry& option : page.options)
        if (!option.by_place)
            for (const std::string& name : option.names) names += name + " ";
    return fmt::format("        {}) options='{}--config --help' ;;\n", shell_quoted(page.name), names);
}

}  // namespace

std::string bash_completion(const CommandPage& program) {
    std::string inside, options, values;
    for (const CommandPage& command : program.commands)
        if (!command.commands.empty())
            inside += fmt::format("        {}) words='{}' ;;\n", command.name, words(command.commands));
    for (const CommandPage* command : leaves(program)) {
        options += options_of(*command);
        values += values_of(*command);
    }
    return fmt::format(R"(# Completion for gradus in bash, written by `gradus completion bash`.
_gradus() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command= words= options= values= takes=
    COMPREPLY=()
    # Behind = of --name=VALUE, which bash takes apart.
    if [[ $before == = ]]; then before=${{COMP_WORDS[COMP_CWORD-2]}}; fi
    if [[ $word == = ]]; then before=${{COMP_WORDS[COMP_CWORD-1]}} word=; fi
    if ((COMP_CWORD == 1)); then
        words={} options='--help --version'
        COMPREPLY=($(compgen -W "$words $options" -- "$word"))
        return
    fi
    command=${{COMP_WORDS[1]}}
    case $command in
{}    esac
    if [[ -n $words ]]; then
        if ((COMP_CWORD == 2)); then
            COMPREPLY=($(compgen -W "$words" -- "$word"))
            return
        fi
        command+=" ${{COMP_WORDS[2]}}"
    fi
    case "$command $before" in
{}    esac
    if [[ -n $values ]]; then
        COMPREPLY=($(compgen -W "$values" -- "$word"))
        return
    fi
    if [[ -z $takes && $word == -* ]]; then
        case $command in
{}        esac
        COMPREPLY=($(compgen -W "$options" -- "$word"))
        return
    fi
    compopt -o filenames 2>/dev/null
    local IFS=$'\n'
    COMPREPLY=($(compgen -f -- "$word"))
}}
complete -F _gradus gradus
)",
                       shell_quoted(words(program.commands)), inside, values, options);
}

}  // namespace gradus
