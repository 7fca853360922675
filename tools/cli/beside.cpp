#include "tools/cli/beside.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace gradus {

bool is_beside(const std::string& option) {
    using namespace std::string_view_literals;
    constexpr std::array all{"--report"sv,    "--csv"sv,        "--save-every"sv,       "--profile"sv,
                             "--quiet"sv,     "--log"sv,        "--write-to"sv,         "--config"sv,
                             "--no-recipe"sv, "--checkpoint"sv, "--checkpoint-every"sv, "--resume"sv};
    return std::find(all.begin(), all.end(), option) != all.end();
}

}  // namespace gradus
