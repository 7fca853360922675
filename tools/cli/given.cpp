#include "tools/cli/given.h"

#include <algorithm>

#include "engine/require.h"

namespace gradus {

std::string given_of(const Command& command, const std::vector<std::string>& names) {
    for (const OptionValue& option : command.values())
        if (option.given && std::find(names.begin(), names.end(), option.name) != names.end()) return option.name;
    return {};
}

void require_not_given(const Command& command, const std::vector<std::string>& names, const std::string& with) {
    const std::string given = given_of(command, names);
    require(given.empty(), "{}: was given {} with {}", command.name(), given, with);
}

}  // namespace gradus
