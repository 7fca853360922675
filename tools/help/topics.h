#pragma once
#include <string>
#include <vector>

namespace gradus {

/// What concerns every command. A paragraph is one string; what must stay as it is typed begins with two spaces.
struct Topic {
    std::string name;  // as `gradus help` takes it
    std::string what;  // one line
    std::vector<std::string> paragraphs;
};

const std::vector<Topic>& topics();

/// The text for a terminal.
std::string topic_text(const Topic& topic);

}  // namespace gradus
