#pragma once
#include <map>
#include <utility>
#include <vector>

#include "tools/techniques/classify.h"

namespace gradus {

/// What a classifier says of pictures whose classes are known, counted.
class Tally {
public:
    /// `best`: the most probable classes first.
    void add(int truth, const std::vector<ClassProbability>& best);

    int pictures() const { return pictures_; }
    double top1() const { return percent(first_); }
    double top5() const { return percent(among_five_); }

    struct OfClass {
        int index = 0, pictures = 0, right = 0;
        std::vector<std::pair<int, int>> taken_for = {};  // classes and how often, most often first
    };
    /// The classes that are recognized least, the worst first.
    std::vector<OfClass> worst(int count) const;

private:
    double percent(int n) const { return pictures_ > 0 ? 100.0 * n / pictures_ : 0; }
    int pictures_ = 0, first_ = 0, among_five_ = 0;
    std::map<int, std::map<int, int>> said_;  // of each class: how often each was the first
};

}  // namespace gradus
