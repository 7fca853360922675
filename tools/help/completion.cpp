#include "tools/help/completion.h"

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"

namespace gradus {

std::string completion(const CommandPage& program, const std::string& shell) {
    if (shell == "bash") return bash_completion(program);
    if (shell == "zsh") return zsh_completion(program);
    if (shell == "fish") return fish_completion(program);
    throw Error(fmt::format("completion: no shell {}, expected bash, zsh or fish", in_quotes(shell)));
}

std::vector<const CommandPage*> leaves(const CommandPage& program) {
    std::vector<const CommandPage*> all;
    for (const CommandPage& command : program.commands) {
        if (command.commands.empty()) all.push_back(&command);
        for (const CommandPage& inside : command.commands) all.push_back(&inside);
    }
    return all;
}

std::string shell_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

}  // namespace gradus
