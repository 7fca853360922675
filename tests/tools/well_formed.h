#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gradus::test {

/// What is wrong with a page, or nothing: tags that do not match, attributes without quotes, a '<' or '&' that is none.
/// Stricter than browsers, which repair what they read.
inline std::string malformed(std::string_view page) {
    const auto skip = [&page](std::string_view start) {
        if (!page.starts_with(start)) return false;
        page.remove_prefix(start.size());
        return true;
    };
    const auto word = [&page] {
        const auto end = page.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-#");
        const std::string_view found = page.substr(0, end);
        page.remove_prefix(found.size());
        return std::string(found);
    };
    const auto where = [&page](const std::string& what) {
        return what + " before: " + std::string(page.substr(0, 60));
    };
    std::vector<std::string> open;
    if (!skip("<!DOCTYPE html>\n")) return "no DOCTYPE";
    while (!page.empty()) {
        if (skip("&")) {
            if (word().empty() || !skip(";")) return where("a lone &");
        } else if (skip("</")) {
            const std::string name = word();
            if (open.empty() || open.back() != name || !skip(">")) return where("</" + name + "> that closes nothing");
            open.pop_back();
        } else if (skip("<")) {
            const std::string name = word();
            if (name.empty()) return where("a lone <");
            while (skip(" ")) {
                if (word().empty() || !skip("=\"")) return where("an attribute without quotes");
                for (; !page.empty() && page[0] != '"'; page.remove_prefix(1))
                    if (page[0] == '<') return where("a < in an attribute");
                if (!skip("\"")) return where("an attribute that does not end");
            }
            if (skip("/>")) continue;
            if (!skip(">")) return where("<" + name + " that does not end");
            open.push_back(name);
        } else {
            page.remove_prefix(1);
        }
    }
    return open.empty() ? "" : "<" + open.back() + "> is never closed";
}

}  // namespace gradus::test
