#include "tools/cli/recipe.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/device.h"
#include "kernels/cpu/isa_name.h"
#include "tools/cli/beside.h"
#include "tools/cli/shell_words.h"
#include "tools/image/pictures_read.h"
#include "weights/sha256.h"

namespace gradus {
namespace {

/// A value that would be taken for an option where it stands alone: "-tv", but not "-1", nor "-".
bool looks_like_option(const std::string& value) {
    return value.size() > 1 && value[0] == '-' && value.find_first_of("0123456789.", 1) != 1;
}

/// As it was called, with defaults, and with what auto meant.
std::string command_line(const Command& command, const CommonOptions& o, const std::vector<std::string>& unsaid,
                         const Photograph* photo) {
    std::string line, by_place;
    for (const OptionValue& option : command.values()) {
        if (is_beside(option.name)) continue;
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
            if (photo && photo->of_folder && option.by_place) value = photo->file;
            if (photo && photo->of_folder && option.name == "--output") value = photo->output;
            if (option.by_place)
                by_place += fmt::format(" {}", quoted_for_shell(looks_like_option(value) ? "./" + value : value));
            else if (looks_like_option(value))
                line += fmt::format(" {}={}", option.name, quoted_for_shell(value));
            else
                line += fmt::format(" {} {}", option.name, quoted_for_shell(value));
        }
    }
    return "gradus " + command.full_name() + by_place +
           line;  // behind an option that takes several, a place is no more
}

/// A line for each picture that was read; of very many, their number and the hash of their hashes.
Recipe inputs() {
    constexpr std::size_t most = 100;
    std::vector<std::string> lines;
    std::string hashes;
    for (const PictureRead& read : pictures_read()) {
        std::string line = fmt::format("{} SHA-256 {}", read.name, read.sha256);
        if (lines.size() < most && std::find(lines.begin(), lines.end(), line) != lines.end()) continue;
        lines.push_back(std::move(line));
        hashes += read.sha256;
    }
    if (lines.size() > most)
        return {{"gradus.inputs", fmt::format("{} pictures, of whose SHA-256 one after the other the SHA-256 is {}",
                                              lines.size(), sha256(std::as_bytes(std::span(hashes))))}};
    Recipe recipe;
    for (std::size_t i = 0; i < lines.size(); ++i) recipe.push_back({fmt::format("gradus.input.{}", i + 1), lines[i]});
    return recipe;
}

Recipe facts_of(const Command& command, const CommonOptions& o, const std::vector<std::string>& unsaid,
                const Photograph* photo) {
    return {{"Software", std::string("gradus ") + version()},
            {"gradus.command", command_line(command, o, unsaid, photo)},
            {"gradus.seed", std::to_string(o.seed)},
            {"gradus.net", o.net},
            {"gradus.device", device_for(o).name() + " " + kernels::cpu::isa_name()},
            {"gradus.precision", precision_of(o)},
            {"gradus.threads", std::to_string(o.threads)},
            {"gradus.kernels", o.kernels.empty() ? "default" : o.kernels}};
}

}  // namespace

Recipe recipe_of(const Command& command, const CommonOptions& o, const std::vector<std::string>& unsaid) {
    return facts_of(command, o, unsaid, nullptr);
}

Recipe recipe_of(const Command& command, const CommonOptions& o, const Net& net, const std::vector<std::string>& unsaid,
                 const Photograph* photo) {
    Recipe recipe = facts_of(command, o, unsaid, photo);
    recipe.push_back({"gradus.weights.sha256", net.weights().sha256()});
    for (auto& line : inputs()) recipe.push_back(std::move(line));
    return recipe;
}

std::string value_in(const Recipe& recipe, const std::string& key) {
    for (const auto& [name, value] : recipe)
        if (name == key) return value;
    return {};
}

const char* version() { return GRADUS_VERSION; }

}  // namespace gradus
