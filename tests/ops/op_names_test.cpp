#include "ops/op_names.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/env.h"

namespace {

namespace fs = std::filesystem;
const fs::path root = GRADUS_SOURCE_DIR;

std::string text_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// What the groups of the pattern match, all over the text.
std::vector<std::string> all(const std::string& text, const std::string& pattern) {
    const std::regex regex(pattern);
    std::vector<std::string> found;
    for (std::sregex_iterator i(text.begin(), text.end(), regex), end; i != end; ++i)
        for (std::size_t group = 1; group < i->size(); ++group) found.push_back((*i)[group]);
    return found;
}

/// The names of the ops that a source makes: written there, given to a function that returns an Op, or in the rows of a
/// table.
std::set<std::string> names_in(const fs::path& file) {
    const std::string text = text_of(file);
    std::set<std::string> names;
    const auto add = [&](const std::vector<std::string>& more) { names.insert(more.begin(), more.end()); };
    add(all(text, "\\W\\.name = \"(\\w+)\""));
    for (const std::string& from : all(text, "\\W\\.name = ([a-z][a-z_.]*)")) {
        CAPTURE(file.string());
        CAPTURE(from);
        std::vector<std::string> given;
        if (from == "name")
            for (const std::string& maker : all(text, "\nOp (\\w+)\\(const char\\* name")) {
                const auto calls = all(text, "\\W" + maker + "\\(\\s*\"(\\w+)\"");
                given.insert(given.end(), calls.begin(), calls.end());
            }
        else if (from.starts_with("row."))
            given = all(text, "\\{\"(\\w+)\", \"(\\w+)\", [0-9.]+\\}");
        CHECK_MESSAGE(!given.empty(), "makes names in a way that this test does not read");
        add(given);
    }
    return names;
}

}  // namespace

TEST_SUITE("op names") {
    TEST_CASE("are those of the ops in the sources, in alphabetical order") {
        std::set<std::string> made = names_in(root / "engine/add.cpp");
        for (const auto& entry : fs::directory_iterator(root / "ops"))
            if (entry.path().extension() == ".cpp") made.merge(names_in(entry.path()));
        CHECK(made.size() > 50);
        const std::vector<std::string> listed = gradus::op_names();
        CHECK(std::is_sorted(listed.begin(), listed.end()));
        CHECK(std::adjacent_find(listed.begin(), listed.end()) == listed.end());
        for (const std::string& name : made)
            CHECK_MESSAGE(std::count(listed.begin(), listed.end(), name) == 1, name << " is not in ops/op_names.cpp");
        for (const std::string& name : listed)
            CHECK_MESSAGE(made.count(name) == 1, name << " is in ops/op_names.cpp and is no op");
    }
}
