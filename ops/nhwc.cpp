#include "ops/nhwc.h"

#include <algorithm>

#include "engine/require.h"

namespace gradus {

void require_nhwc(std::string_view who, const Spec& x) {
    require(x.shape.rank() == 4, "{}: was given {}, expected (N,H,W,C)", who, to_string(x));
}

std::function<Cost(const Problem&)> read_and_write(double flops) {
    return [=](const Problem& p) {
        const auto in = static_cast<double>(p.in[0].shape.size()), out = static_cast<double>(p.out[0].shape.size());
        return Cost{flops * std::max(in, out), (in + out) * static_cast<double>(size_of(p.out[0].dtype))};
    };
}

}  // namespace gradus
