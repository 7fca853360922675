#include "tools/techniques/tally.h"

#include <algorithm>

namespace gradus {

void Tally::add(int truth, const std::vector<ClassProbability>& best) {
    ++pictures_;
    first_ += best[0].index == truth;
    const auto five = best.begin() + std::min<std::ptrdiff_t>(5, static_cast<std::ptrdiff_t>(best.size()));
    among_five_ += std::any_of(best.begin(), five, [&](const ClassProbability& b) { return b.index == truth; });
    ++said_[truth][best[0].index];
}

std::vector<Tally::OfClass> Tally::worst(int count) const {
    std::vector<OfClass> all;
    for (const auto& [truth, said] : said_) {
        OfClass c{.index = truth};
        for (const auto& [index, times] : said) {
            c.pictures += times;
            if (index == truth)
                c.right = times;
            else
                c.taken_for.push_back({index, times});
        }
        std::ranges::stable_sort(c.taken_for, [](const auto& a, const auto& b) { return a.second > b.second; });
        all.push_back(std::move(c));
    }
    // Shares compared as products: a / b < c / d.
    std::ranges::stable_sort(
        all, [](const OfClass& a, const OfClass& b) { return a.right * b.pictures < b.right * a.pictures; });
    all.resize(std::min(all.size(), static_cast<std::size_t>(count)));
    return all;
}

}  // namespace gradus
