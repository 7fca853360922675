#include "tools/cli/recipe.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

#include "kernels/cpu/isa_name.h"

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

/// The option's values: those given, or the default.
std::vector<std::string> values_of(const CLI::Option& option) {
    if (option.count() > 0) return option.results();
    if (option.get_default_str().empty()) return {};
    return {option.get_default_str()};
}

/// As it was called, with defaults, and with what auto meant.
std::string command_line(const CLI::App& command, const CommonOptions& o) {
    std::string line = "gradus " + command.get_name();
    std::string positionals;
    for (const CLI::Option* option : command.get_options()) {
        const std::string name = option->get_name();
        if (name == "--help" || name.empty()) continue;
        if (option->get_expected_min() == 0 && option->get_expected_max() == 0) {  // a flag
            if (option->count() > 0) line += " " + name;
            continue;
        }
        for (std::string value : values_of(*option)) {
            if (name == "--precision") value = precision_of(o);
            if (option->get_positional())
                positionals += " " + quoted_for_shell(value);
            else
                line += " " + name + " " + quoted_for_shell(value);
        }
    }
    return line + positionals;
}

}  // namespace

Recipe recipe_of(const CLI::App& command, const CommonOptions& o) {
    return {{"Software", std::string("gradus ") + version()},
            {"gradus.command", command_line(command, o)},
            {"gradus.seed", std::to_string(o.seed)},
            {"gradus.net", o.net},
            {"gradus.device", o.device + " " + kernels::cpu::isa_name()},
            {"gradus.precision", precision_of(o)},
            {"gradus.threads", std::to_string(o.threads)},
            {"gradus.kernels", o.kernels.empty() ? "default" : o.kernels}};
}

const char* version() { return GRADUS_VERSION; }

}  // namespace gradus
