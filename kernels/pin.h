#pragma once
#include "kernels/box.h"
#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// y = v, but 0 where x lies on an edge of the box and `push` points out of it. y may be v.
template <class T>
using Pin = void(const T* v, const T* x, const T* push, T* y, std::int64_t n, const Box&, Stream);

/// Whether x cannot go where it is pushed.
template <class T>
GRADUS_INLINE bool is_pinned(T x, T push, T lo, T hi) {
    return (x <= lo && push < T(0)) || (x >= hi && push > T(0));
}

namespace reference {
template <class T>
void pin(const T* v, const T* x, const T* push, T* y, std::int64_t n, const Box&, Stream);
}
namespace cpu {
GRADUS_EACH_ISA(Pin<float> pin;)
}
GRADUS_EACH_CUDA(Pin<float> pin;)

}  // namespace gradus::kernels
