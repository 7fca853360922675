#include "engine/nearest.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "engine/in_quotes.h"

namespace gradus {
namespace {

constexpr std::size_t longest = 64;

std::string lower(std::string_view text) {
    std::string out(text.substr(0, longest));
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

/// Insertions, deletions, replacements and swaps of neighbors that turn a into b (the restricted distance: no
/// edit inside a swap).
int edits(std::string_view a, std::string_view b) {
    std::array<std::array<int, longest + 1>, 3> rows{};  // the rows i-2, i-1 and i of the table, by i mod 3
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto &above = rows[(i - 1) % 3], &two_above = rows[(i + 1) % 3];
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int replace = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replace, above[j] + 1, row[j - 1] + 1});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
}

struct Ranked {
    bool apart;  // neither contains the other
    int distance;
    std::size_t index;  // the order of the choices breaks ties
    bool operator<(const Ranked& o) const {
        return std::tie(apart, distance, index) < std::tie(o.apart, o.distance, o.index);
    }
};

}  // namespace

std::string nearest(std::string_view wanted, std::span<const std::string> choices) {
    if (choices.empty()) return "there is none";
    const std::string want = lower(wanted);
    std::vector<Ranked> ranked;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const std::string have = lower(choices[i]);
        const bool inside = !want.empty() && !have.empty() &&
                            (have.find(want) != std::string::npos || want.find(have) != std::string::npos);
        ranked.push_back({!inside, edits(want, have), i});
    }
    const auto kept = std::min<std::size_t>(3, ranked.size());
    std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(kept), ranked.end());

    std::size_t n = 1;
    while (n < kept && ranked[n].apart == ranked[0].apart && ranked[n].distance <= ranked[0].distance + 1) ++n;
    std::string phrase = n == 1 ? "the nearest is " : "the nearest are ";
    for (std::size_t i = 0; i < n; ++i) {
        if (i > 0) phrase += i + 1 == n ? " and " : ", ";
        phrase += in_quotes(choices[ranked[i].index]);
    }
    return phrase;
}

}  // namespace gradus
