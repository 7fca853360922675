#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace gradus {

/// Random numbers that anybody can draw in any order: number e is a function of the stream's name, the seed, the step,
/// the item and e. The same ones as random_uniform and random_int draw (ops/random.h), without a graph.
class Draws {
public:
    Draws(const std::string& stream, std::uint64_t seed, int step, int item);

    /// lo <= y < hi
    float uniform(int e, float lo = 0, float hi = 1) const;
    /// 0 <= y < count
    int below(int e, int count) const;

private:
    std::uint32_t bits(int e) const;
    std::uint64_t key_;
    std::uint32_t step_, item_;
};

/// 0..n-1 in random order.
///
/// paper     Durstenfeld 1964, Algorithm 235: Random permutation
std::vector<int> permutation(int n, const Draws& draws);

}  // namespace gradus
