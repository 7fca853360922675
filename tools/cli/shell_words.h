#pragma once
#include <string>
#include <vector>

namespace gradus {

/// A word as a shell would need it written: in quotes, unless it is plain.
std::string quoted_for_shell(const std::string& word);

/// The words of a line that was written so, and nothing that a shell would do besides.
///
/// throws    "x.png: its command ends within quotes", where `who` is x.png
std::vector<std::string> shell_words(const std::string& line, const std::string& who);

}  // namespace gradus
