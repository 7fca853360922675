#include "tools/cli/run_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/device.h"
#include "kernels/cpu/isa_name.h"
#include "tools/cli/beside.h"
#include "tools/cli/recipe.h"
#include "weights/sha256.h"

namespace gradus {
namespace {

/// Options that say where a run computes and where its results go.
const std::vector<std::string> outside = {"--output", "--output-format", "--columns", "--threads", "--device"};

/// The values as one text.
std::string text_of(const OptionValue& option) {
    if (option.flag) return option.given ? "yes" : "no";
    return fmt::format("{}", fmt::join(option.values, " "));
}

/// What the numbers are computed on: the number of a GPU does not count, its name does.
std::string device_of(const CommonOptions& o) {
    const std::string name = device_for(o).name();
    const auto model = name.find('(');
    return fmt::format("{} {}", model == std::string::npos ? name : name.substr(model), kernels::cpu::isa_name());
}

}  // namespace

RunSettings run_settings(const Command& command, const CommonOptions& common, const Net& net,
                         const std::vector<NamedPicture>& pictures) {
    RunSettings settings{{"gradus", version()}, {"the command", command.name()}};
    for (const OptionValue& option : command.values()) {
        if (is_beside(option.name) || std::find(outside.begin(), outside.end(), option.name) != outside.end()) continue;
        const auto named = std::find_if(pictures.begin(), pictures.end(),
                                        [&](const NamedPicture& p) { return p.option == option.name; });
        if (named != pictures.end())
            settings.push_back({option.name, named->picture ? fingerprint(*named->picture) : ""});
        else if (option.name == "--precision")
            settings.push_back({option.name, precision_of(common)});
        else
            settings.push_back({option.name, text_of(option)});
    }
    settings.push_back({"weights", fmt::format("SHA-256 {}", net.weights().sha256())});
    settings.push_back({"device", device_of(common)});
    return settings;
}

std::string fingerprint(const Image& picture) {
    return fmt::format("SHA-256 {}", sha256(std::as_bytes(std::span(picture.rgb))));
}

std::string fingerprint(const Direction& direction) {
    return fmt::format("SHA-256 {}", sha256(std::as_bytes(std::span(direction.weights))));
}

}  // namespace gradus
