#include "ops/optimizer_step.h"

#include <cstring>

#include "engine/require.h"

namespace gradus {

std::vector<Candidate> dense(std::vector<Candidate> list) {
    for (Candidate& c : list) c.strided = false;
    return list;
}

void require_step(const std::string& op, Var x, Var gradient, Var rate, std::initializer_list<Tensor> like_it,
                  const Box& box) {
    require(x.graph->value(x.id).node < 0, "{}: was given a picture that an op makes, expected a leaf", op);
    require(gradient.shape() == x.shape() && gradient.dtype() == x.dtype(),
            "{}: was given a gradient {} for a picture {}, expected the same shape and type", op,
            to_string(gradient.spec()), to_string(x.spec()));
    require(rate.shape().size() == 1 && rate.dtype() == x.dtype(), "{}: was given the rate {}, expected one number {}",
            op, to_string(rate.spec()), to_string(x.dtype()));
    for (const Tensor& state : like_it)
        require(state && state.shape() == x.shape() && state.dtype() == x.dtype(),
                "{}: was given a state {} for a picture {}, expected the same shape and type", op,
                state ? to_string(state.spec()) : "that is no tensor", to_string(x.spec()));
    require(box.lo <= box.hi, "{}: was given the box {}..{}, expected the lower bound first", op, box.lo, box.hi);
}

std::vector<Spec> states(const Problem& p, std::size_t n) {
    std::vector<Spec> out;
    for (std::size_t i = 0; i < n; ++i) out.emplace_back(p.in[i].shape, p.in[i].dtype);
    return out;
}

Tensor zeros(Spec spec) {
    Tensor t(std::move(spec));
    std::memset(t.writable(), 0, t.spec().bytes());
    return t;
}

}  // namespace gradus
