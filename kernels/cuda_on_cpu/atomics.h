#pragma once
// Atomic operations on global and shared memory. Blocks run on several operating-system threads, so they are real ones.
#include <cstdint>
#include <type_traits>

#include "kernels/cuda_on_cpu/scheduler.h"

namespace gradus::kernels::emulation {

/// *p = change(*p) in one step; returns what was there.
template <class T, class F>
T atomic_change(T* p, const char* name, const F& change) {
    {
        const Unseen unseen;
        maybe_let_others_run(name);
    }
    T seen, wanted;
    __atomic_load(p, &seen, __ATOMIC_RELAXED);
    do {
        wanted = change(seen);
    } while (!__atomic_compare_exchange(p, &seen, &wanted, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return seen;
}

template <class T>
T atomicAdd(T* p, std::type_identity_t<T> v) {
    return atomic_change(p, "atomicAdd", [v](T old) { return old + v; });
}
template <class T>
T atomicSub(T* p, std::type_identity_t<T> v) {
    return atomic_change(p, "atomicSub", [v](T old) { return old - v; });
}
template <class T>
T atomicMax(T* p, std::type_identity_t<T> v) {
    static_assert(std::is_integral_v<T>, "CUDA has no atomicMax for this type");
    return atomic_change(p, "atomicMax", [v](T old) { return old < v ? v : old; });
}
template <class T>
T atomicMin(T* p, std::type_identity_t<T> v) {
    static_assert(std::is_integral_v<T>, "CUDA has no atomicMin for this type");
    return atomic_change(p, "atomicMin", [v](T old) { return v < old ? v : old; });
}
template <class T>
T atomicAnd(T* p, std::type_identity_t<T> v) {
    return atomic_change(p, "atomicAnd", [v](T old) { return old & v; });
}
template <class T>
T atomicOr(T* p, std::type_identity_t<T> v) {
    return atomic_change(p, "atomicOr", [v](T old) { return old | v; });
}
template <class T>
T atomicXor(T* p, std::type_identity_t<T> v) {
    return atomic_change(p, "atomicXor", [v](T old) { return old ^ v; });
}
template <class T>
T atomicExch(T* p, std::type_identity_t<T> v) {
    return atomic_change(p, "atomicExch", [v](T) { return v; });
}
template <class T>
T atomicCAS(T* p, std::type_identity_t<T> expected, std::type_identity_t<T> v) {
    static_assert(std::is_integral_v<T>, "CUDA has no atomicCAS for this type");
    return atomic_change(p, "atomicCAS", [=](T old) { return old == expected ? v : old; });
}
/// ((old >= v) ? 0 : old + 1)
inline unsigned atomicInc(unsigned* p, unsigned v) {
    return atomic_change(p, "atomicInc", [v](unsigned old) { return old >= v ? 0u : old + 1; });
}

inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
inline void __threadfence_block() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
inline void __threadfence_system() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

}  // namespace gradus::kernels::emulation
