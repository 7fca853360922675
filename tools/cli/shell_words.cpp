#include "tools/cli/shell_words.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "engine/require.h"

namespace gradus {

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

std::vector<std::string> shell_words(const std::string& line, const std::string& who) {
    std::vector<std::string> words;
    bool within = false, begun = false;  // quotes; a word, which may be empty
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (!within && c == ' ') {
            begun = false;
            continue;
        }
        if (!begun) words.emplace_back();
        begun = true;
        if (c == '\'')
            within = !within;
        else if (!within && c == '\\' && i + 1 < line.size())
            words.back() += line[++i];
        else
            words.back() += c;
    }
    require(!within, "{}: its command ends within quotes, expected their end", who);
    return words;
}

}  // namespace gradus
