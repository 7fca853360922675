#include "tools/cli/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "kernels/cpu/isa_name.h"
#include "tools/cli/checkpoints.h"

namespace gradus {
namespace {

/// As a shell would need it written.
std::string quoted_for_shell(const std::string& word) {
    const auto plain = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) ||
               std::string_view("_-./,:=+%@").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

/// As it was called, with defaults, and with what auto meant.
std::string command_line(const Command& command, const CommonOptions& o, const std::vector<std::string>& unsaid) {
    std::string line, by_place;
    for (const OptionValue& option : command.values()) {
        if (is_checkpoint_flag(option.name)) continue;  // the picture is the same without them
        if (!option.given && std::find(unsaid.begin(), unsaid.end(), option.name) != unsaid.end()) continue;
        if (option.flag) {
            if (!option.given) continue;
            const std::string& value = option.values[0];
            line += value == flag_alone ? fmt::format(" {}", option.name)
                                        : fmt::format(" {}={}", option.name, quoted_for_shell(value));
            continue;
        }
        for (std::string value : option.values) {
            if (option.name == "--precision") value = precision_of(o);
            if (option.by_place)
                by_place += fmt::format(" {}", quoted_for_shell(value));
            else
                line += fmt::format(" {} {}", option.name, quoted_for_shell(value));
        }
    }
    return "gradus " + command.full_name() + by_place +
           line;  // behind an option that takes several, a place is no more
}

}  // namespace

Recipe recipe_of(const Command& command, const CommonOptions& o, const std::vector<std::string>& unsaid) {
    return {{"Software", std::string("gradus ") + version()},
            {"gradus.command", command_line(command, o, unsaid)},
            {"gradus.seed", std::to_string(o.seed)},
            {"gradus.net", o.net},
            {"gradus.device", o.device + " " + kernels::cpu::isa_name()},
            {"gradus.precision", precision_of(o)},
            {"gradus.threads", std::to_string(o.threads)},
            {"gradus.kernels", o.kernels.empty() ? "default" : o.kernels}};
}

const char* version() { return GRADUS_VERSION; }

}  // namespace gradus
