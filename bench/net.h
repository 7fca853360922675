#pragma once
#include <string>
#include <vector>

#include "nets/net.h"
#include "nets/seeded_weights.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "weights/locate.h"

namespace gradus::bench {

/// A net with its weights where they are found; seeded ones cost the same time.
inline Net net_of(const std::string& name) {
    return find_weights(name) ? load_net(name) : Net(net_table(name), seeded_weights());
}

/// Half the mean square of y, and its gradient with respect to x: what a dream climbs.
inline std::vector<Var> energy_and_gradient(Var y, Var x) {
    Var energy = scale(sum_squares(y), 0.5 / static_cast<double>(y.shape().size()));
    return {energy, grad(energy, {x})[0]};
}

}  // namespace gradus::bench
