#pragma once
#include <string>
#include <vector>

namespace gradus {

/// What a number was at each step, the first being step 1.
struct Curve {
    std::string name = {};
    std::vector<double> values = {};
};

}  // namespace gradus
