#pragma once
#include <string>
#include <vector>

#include "tools/help/command_page.h"
#include "tools/help/topics.h"

namespace gradus {

/// A page of the manual in man's macros: of the program, with all topics, or of one of its commands. Commands inside a
/// command stand on its page.
///
/// units     version as it stands at the foot: "gradus 0.1.0"
std::string man_page(const CommandPage& page, const std::string& version, const std::vector<Topic>& topics = {});

/// "gradus-dream.1"
std::string man_file(const CommandPage& page);

}  // namespace gradus
