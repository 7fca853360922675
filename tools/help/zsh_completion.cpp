#include <fmt/format.h>

#include <algorithm>

#include "tools/help/completion.h"

namespace gradus {
namespace {

/// Inside an argument of _arguments brackets and colons mean something.
std::string plain(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

/// '--steps[steps per size]:N:_files', an argument of _arguments.
std::string spec(const OptionEntry& option, const std::string& name) {
    std::string text = option.several ? "*" : "";
    text += name + "[" + plain(option.what) + "]";
    if (!option.choices.empty())
        text += fmt::format(":value:({})", fmt::join(option.choices, " "));
    else if (!option.value.empty())
        text += fmt::format(":{}:{}", option.value, option.value == "TEXT" ? "_files" : "");
    return shell_quoted(text);
}

std::string arguments(const CommandPage& page) {
    std::string text = "_arguments -s";
    for (const OptionEntry& option : page.options)
        if (!option.by_place)
            for (const std::string& name : option.names) text += " \\\n                " + spec(option, name);
    return text +
           " \\\n                '--config[values for options]:file:_files' '--help[what it does]' '*:file:_files'";
}

std::string described(const std::vector<CommandPage>& commands) {
    std::string text;
    for (const CommandPage& command : commands) text += " " + shell_quoted(command.last_name() + ":" + command.what);
    return text;
}

}  // namespace

std::string zsh_completion(const CommandPage& program) {
    std::string cases;
    for (const CommandPage& command : program.commands) {
        if (command.commands.empty()) {
            cases += fmt::format("        {})\n            {}\n            ;;\n", command.name, arguments(command));
            continue;
        }
        cases += fmt::format(
            "        {})\n            if ((CURRENT == 2)); then\n                inside=({})\n"
            "                _describe command inside\n                return\n            fi\n            shift "
            "words\n"
            "            ((CURRENT--))\n            case $words[1] in\n",
            command.name, described(command.commands));
        for (const CommandPage& one : command.commands)
            cases += fmt::format("            {})\n            {}\n            ;;\n", one.last_name(), arguments(one));
        cases += "            esac\n            ;;\n";
    }
    return fmt::format(R"(#compdef gradus
# Completion for gradus in zsh, written by `gradus completion zsh`.
_gradus() {{
    local -a commands inside
    commands=({})
    if ((CURRENT == 2)); then
        _describe command commands
        _arguments '--help[what it does]' '--version[which version]'
        return
    fi
    shift words
    ((CURRENT--))
    case $words[1] in
{}    esac
}}
# The file is either loaded at the first completion, as its function, or read by hand.
if [[ $zsh_eval_context == *loadautofunc* ]]; then _gradus "$@"; else compdef _gradus gradus; fi
)",
                       described(program.commands), cases);
}

}  // namespace gradus
