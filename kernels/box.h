#pragma once
#include "kernels/inline.h"

namespace gradus::kernels {

/// Where the values of a picture may lie: an optimizer moves what leaves lo..hi back to its edge.
struct Box {
    double lo = -__builtin_inf(), hi = __builtin_inf();
};

template <class T>
GRADUS_INLINE T in_box(T x, T lo, T hi) {
    const T raised = x < lo ? lo : x;  // one choice after the other: compilers make vectors of that
    return raised > hi ? hi : raised;
}

}  // namespace gradus::kernels
