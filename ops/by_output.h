#pragma once
// Candidates of ops that read f32 (f64 in the reference) whatever they write, the gradients of sums: their output's
// type tells which kernel serves.
#include "engine/candidates.h"

namespace gradus {

template <class T, class Run, class Fn>
Candidate by_output(Run run, Entry<Fn> entry) {
    Candidate c = candidate(run, entry);
    c.declines = [](const Problem& p) { return wrong_storage<T>({.in = {}, .out = p.out}); };
    return c;
}

}  // namespace gradus
