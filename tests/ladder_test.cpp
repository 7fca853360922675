// The tree keeps the promises that docs/architecture.md and docs/hacking.md make about it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/env.h"

namespace {

namespace fs = std::filesystem;
const fs::path root = GRADUS_SOURCE_DIR;
const std::set<std::string> folders = {"kernels", "engine", "ops", "weights", "nets", "tools", "bench", "tests"};

/// Ops that share a page, a test and a source file with others: header -> the name they share. One place, this one.
const std::map<std::string, std::string> groups = {{"slice_channels", "slice"}};

std::string text_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// Our sources below a folder, as "ops/relu.h".
std::vector<std::string> sources(const std::string& folder) {
    std::vector<std::string> files;
    if (!fs::is_directory(root / folder)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        if (entry.path().parent_path() == root / "tools/image/stb") continue;  // not ours
        const std::string extension = entry.path().extension().string();
        if (extension == ".h" || extension == ".cpp")
            files.push_back(fs::relative(entry.path(), root).generic_string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// What is included, with its quotes or brackets: "\"ops/relu.h\"", "<vector>".
std::vector<std::string> includes(const std::string& file) {
    static const std::regex line("(^|\n)[ \t]*#[ \t]*include[ \t]+((\"[^\"\n]+\")|(<[^>\n]+>))");
    const std::string text = text_of(root / file);
    std::vector<std::string> found;
    for (std::sregex_iterator i(text.begin(), text.end(), line), end; i != end; ++i) found.push_back((*i)[2]);
    return found;
}

/// The table of docs/architecture.md: "| `ops` | `engine` `kernels` | ..." lets ops include those two, and itself.
std::map<std::string, std::set<std::string>> ladder() {
    static const std::regex row("\n\\| `(\\w+)` \\|([^|\n]*)\\|"), name("`(\\w+)`");
    const std::string text = text_of(root / "docs/architecture.md");
    const std::size_t begin = text.find("<!-- ladder -->"), end = text.find("<!-- end of ladder -->");
    std::map<std::string, std::set<std::string>> below;
    if (begin == std::string::npos || end == std::string::npos) return below;
    const std::string table = text.substr(begin, end - begin);
    for (std::sregex_iterator i(table.begin(), table.end(), row), last; i != last; ++i) {
        const std::string cell = (*i)[2];
        auto& allowed = below[(*i)[1]];
        allowed.insert((*i)[1]);
        for (std::sregex_iterator j(cell.begin(), cell.end(), name), none; j != none; ++j) allowed.insert((*j)[1]);
    }
    return below;
}

bool is_header(const std::string& file) { return file.ends_with(".h"); }

bool starts_with_any(const std::string& text, std::initializer_list<const char*> beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(), [&](const char* b) { return text.starts_with(b); });
}

}  // namespace

TEST_SUITE("ladder") {
    TEST_CASE("a folder includes only from the folders that docs/architecture.md lists for it") {
        const auto below = ladder();
        int checked = 0;
        for (const std::string& folder : folders) {
            REQUIRE_MESSAGE(below.count(folder) == 1, folder << " has no row in the table of docs/architecture.md");
            for (const std::string& file : sources(folder))
                for (const std::string& include : includes(file)) {
                    if (include[0] == '<') continue;
                    const std::string from = include.substr(1, include.find('/') - 1);
                    CHECK_MESSAGE(below.at(folder).count(from) == 1, file << " includes " << include);
                    CHECK_MESSAGE(fs::exists(root / include.substr(1, include.size() - 2)),
                                  file << " includes " << include << ", by no path from the top of the tree");
                    ++checked;
                }
        }
        CHECK(checked > 100);
    }
    TEST_CASE("public headers need no library") {
        for (const char* folder : {"kernels", "engine", "ops", "weights", "nets"})
            for (const std::string& file : sources(folder)) {
                // engine/require.h is for .cpp files, and says so.
                if (!is_header(file) || file == "engine/require.h") continue;
                for (const std::string& include : includes(file)) {
                    const bool library = starts_with_any(
                        include, {"<fmt/", "<nlohmann/", "<CLI/", "<oneapi/", "<dnnl", "<cuda", "<zlib"});
                    CHECK_MESSAGE((!library && include != "\"engine/require.h\""), file << " includes " << include);
                }
            }
    }
    TEST_CASE("headers are included once, and sources include their own header first") {
        for (const std::string& folder : folders)
            for (const std::string& file : sources(folder)) {
                if (is_header(file)) {
                    CHECK_MESSAGE(text_of(root / file).find("#pragma once\n") < 400,
                                  file << " does not start with #pragma once");
                    continue;
                }
                const std::string own = file.substr(0, file.size() - 4) + ".h";
                const auto found = includes(file);
                if (fs::exists(root / own))
                    CHECK_MESSAGE(found.at(0) == "\"" + own + "\"", file << " includes " << found.at(0) << " first");
            }
    }
    TEST_CASE("every op has its source, its page and its test") {
        static const std::regex records("\n(inline )?(Var|std::vector<Var>|std::pair<Var, Var>) \\w+\\(");
        std::set<std::string> names;
        for (const std::string& file : sources("ops")) {
            if (!is_header(file) || !std::regex_search(text_of(root / file), records)) continue;
            const std::string name = file.substr(4, file.size() - 6);
            names.insert(groups.count(name) ? groups.at(name) : name);
        }
        CHECK(!names.empty());
        names.insert("add");  // the engine's own, since it sums gradients
        for (const std::string& name : names) {
            const std::string source = name == "add" ? "engine/add.cpp" : "ops/" + name + ".cpp";
            for (const std::string& file : {source, "docs/ops/" + name + ".md", "tests/ops/" + name + "_test.cpp"})
                CHECK_MESSAGE(fs::exists(root / file), name << " has no " << file);
        }
        if (!fs::is_directory(root / "docs/ops")) return;
        for (const auto& page : fs::directory_iterator(root / "docs/ops")) {
            const std::string name = page.path().stem().string();
            CHECK_MESSAGE((name == "README" || names.count(name) == 1), page.path().filename().string()
                                                                            << " is about no op");
        }
    }
}
