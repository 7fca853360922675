#include "weights/record.h"

#include <fstream>
#include <map>

#include "engine/require.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

constexpr const char* name = "sha256sums.txt";
constexpr std::size_t digits = 64;

/// By the files' names. A line is the digits, two characters, the name; whatever is no such line is left out.
std::map<std::string, std::string> read(const fs::path& folder) {
    std::map<std::string, std::string> sums;
    std::ifstream in(folder / name);
    for (std::string line; std::getline(in, line);) {
        const bool hash = line.find_first_not_of("0123456789abcdef") == digits;
        if (hash && line.size() > digits + 2) sums[line.substr(digits + 2)] = line.substr(0, digits);
    }
    return sums;
}

}  // namespace

std::optional<std::string> recorded_sha256(const fs::path& file) {
    const auto sums = read(file.parent_path());
    const auto found = sums.find(file.filename().string());
    return found == sums.end() ? std::nullopt : std::optional(found->second);
}

void record_sha256(const fs::path& file, const std::string& sha256) {
    // Whatever else stands there is kept.
    const std::string of = file.filename().string(), own = fmt::format("{}  {}\n", sha256, of);
    std::string text;
    std::ifstream in(file.parent_path() / name);
    for (std::string line; std::getline(in, line);)
        if (!line.ends_with("  " + of)) text += line + "\n";
    text += own;
    OutputFile out(file.parent_path() / name);
    out.write(std::as_bytes(std::span(text)));
    out.commit();
}

}  // namespace gradus
