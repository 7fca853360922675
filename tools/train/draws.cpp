#include "tools/train/draws.h"

#include <numeric>
#include <utility>

#include "kernels/distributions.h"
#include "kernels/philox.h"
#include "ops/random.h"

namespace gradus {

Draws::Draws(const std::string& stream, std::uint64_t seed, int step, int item)
    : key_(stream_key(stream, seed)),
      step_(static_cast<std::uint32_t>(step)),
      item_(static_cast<std::uint32_t>(item)) {}

std::uint32_t Draws::bits(int e) const {
    const auto n = static_cast<std::uint32_t>(e);
    return kernels::philox({{n / 4, 0, item_, step_}}, key_).word[n % 4];
}

float Draws::uniform(int e, float lo, float hi) const { return kernels::uniform_from(bits(e), lo, hi - lo); }

int Draws::below(int e, int count) const {
    return kernels::integer_from(bits(e), 0, static_cast<std::uint32_t>(count));
}

std::vector<int> permutation(int n, const Draws& draws) {
    std::vector<int> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    for (int i = n - 1; i > 0; --i)
        std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(draws.below(i, i + 1))]);
    return order;
}

}  // namespace gradus
