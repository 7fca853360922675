#pragma once
// Shape and cost rules that many ops share.
#include <vector>

#include "engine/op.h"

namespace gradus {

/// The output is like the first input.
inline std::vector<Spec> like_first(const Problem& p) { return {Spec(p.in[0].shape, p.in[0].dtype)}; }

/// The cost of an elementwise op: per element of its output, `flops`, and `values` read or written in its storage type.
inline std::function<Cost(const Problem&)> per_element(double flops, double values) {
    return [=](const Problem& p) {
        const auto n = static_cast<double>(p.out[0].shape.size());
        return Cost{n * flops, n * values * static_cast<double>(size_of(p.out[0].dtype))};
    };
}

}  // namespace gradus
