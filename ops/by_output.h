#pragma once
// Candidates of ops that read f32 (f64 in the reference) whatever they write, the gradients of sums: their output's
// type tells which kernel serves.
#include "engine/candidates.h"

namespace gradus {

/// Appends the candidates of one storage type.
template <class T, class Run, class... Entries>
void append_by_output(std::vector<Candidate>& list, Run run, Entries... entries) {
    for (Candidate& c : candidates(run, entries...)) {
        c.declines = [](const Problem& p) { return wrong_storage<T>({.in = {}, .out = p.out}); };
        list.push_back(std::move(c));
    }
}

}  // namespace gradus
