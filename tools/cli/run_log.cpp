#include "tools/cli/run_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/require.h"

namespace gradus {

RunLog::RunLog(const std::string& file)
    : file_(file), descriptor_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666)) {
    require(descriptor_ >= 0, "{}: cannot be written ({})", file, std::strerror(errno));
}

RunLog::~RunLog() { ::close(descriptor_); }

void RunLog::add(const Line& l) const {
    const auto rounded = [](double seconds) { return std::round(seconds * 1000) / 1000; };
    nlohmann::ordered_json json{{"run", l.what}, {"of", l.about}, {"step", l.step}, {"steps", l.steps}};
    if (!l.where.empty()) json["where"] = l.where;
    if (l.objective) json["objective"] = *l.objective;  // JSON has no NaN: null
    json["seconds"] = rounded(l.seconds);
    if (l.seconds_left) json["seconds_left"] = rounded(*l.seconds_left);
    const std::string line = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    // One call, so that a line is there as a whole or not at all.
    errno = ENOSPC;  // of a write that ends early
    require(::write(descriptor_, line.data(), line.size()) == static_cast<ssize_t>(line.size()),
            "{}: cannot be written ({})", file_, std::strerror(errno));
}

}  // namespace gradus
