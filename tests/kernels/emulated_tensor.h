#pragma once
// Tensors in the memory of the emulated device, for tests of its kernels.
#include <cstring>
#include <utility>

#include "kernels/cuda_on_cpu/emulation.h"
#include "kernels/pixels.h"

namespace gradus::test {

/// Pixels of the emulated device whose last value is the last that may be touched. `offset` values come before the
/// first. The values are multiples of 1/4 in [-2, 2]: sums of some thousand products of them are exact in f32.
template <class T>
struct EmulatedTensor {
    EmulatedTensor(std::int64_t pixels, std::int64_t channels, std::int64_t stride, std::int64_t offset, unsigned seed)
        : size(static_cast<std::size_t>(offset + (pixels - 1) * stride + channels)),
          memory(static_cast<T*>(kernels::emulation::allocate((size * sizeof(T) + 15) / 16 * 16))),
          at{memory + offset, stride} {
        for (std::size_t i = 0; i < size; ++i) {
            seed = seed * 1664525u + 1013904223u;
            memory[i] = T(static_cast<float>(static_cast<int>(seed >> 16) % 17 - 8) / 4.0f);
        }
    }
    EmulatedTensor(const EmulatedTensor&) = delete;
    EmulatedTensor& operator=(const EmulatedTensor&) = delete;
    ~EmulatedTensor() { kernels::emulation::deallocate(memory); }

    kernels::Pixels<const T> in() const { return {at.data, at.stride}; }
    /// What lies between the pixels of a slice included.
    bool operator==(const EmulatedTensor& other) const {
        return std::memcmp(memory, other.memory, size * sizeof(T)) == 0;
    }

    std::size_t size;
    T* memory;
    kernels::Pixels<T> at;
};

/// Calls f(threads) in each order in which the emulation can run a kernel's threads, on one and on two threads of the
/// host.
template <class F>
void in_every_order(const F& f) {
    using kernels::emulation::Schedule;
    const Schedule before = kernels::emulation::schedule();
    for (const auto& [order, threads] :
         {std::pair{Schedule::Order::forward, 1}, {Schedule::Order::reverse, 2}, {Schedule::Order::random, 2}}) {
        kernels::emulation::set_schedule({.order = order});
        f(threads);
    }
    kernels::emulation::set_schedule(before);
}

}  // namespace gradus::test
