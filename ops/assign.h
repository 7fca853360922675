#pragma once
#include "engine/graph.h"

namespace gradus {

/// At the end of a run, writes `value` into the leaf `state`: a picture moves, a step is counted. Everything else in
/// that run still sees the state as it was before. The result, for a plan to be asked for, is the new state; no op may
/// read it.
///
/// shapes    state, value the same, of one type -> the same
/// gradient  none flows through
/// cost      one value read and one written per element
/// throws    when shapes or types differ, or `state` is not a leaf
Var assign(Var state, Var value);

}  // namespace gradus
