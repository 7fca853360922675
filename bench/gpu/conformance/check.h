#pragma once
// What the conformance program needs on the host: memory of the device, numbers that make every sum exact, and a line
// per check.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "kernels/cuda/ptx.cuh"
#if defined(GRADUS_CUDA_ON_CPU)
#include "kernels/cuda_on_cpu/emulation.h"
#endif

namespace gradus::kernels::GRADUS_CUDA::conformance {

const char* take_error();  // of a launch, or of what ran since

/// An array of the device. `margin` on the GPU is cudaMalloc's.
template <class T>
class Array {
public:
    explicit Array(std::size_t n) : size_(n) {
#if defined(GRADUS_CUDA_ON_CPU)
        data_ = static_cast<T*>(emulation::allocate(bytes()));
#else
        if (const cudaError_t e = cudaMalloc(&data_, bytes()); e != cudaSuccess) {  // as after any trap
            std::printf("cudaMalloc: %s; what follows is left out\n", cudaGetErrorString(e));
            std::exit(1);
        }
#endif
    }
    explicit Array(const std::vector<T>& v) : Array(v.size()) { set(v); }
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    ~Array() {
#if defined(GRADUS_CUDA_ON_CPU)
        emulation::deallocate(data_);
#else
        cudaFree(data_);
#endif
    }
    void set(const std::vector<T>& v) {
#if defined(GRADUS_CUDA_ON_CPU)
        std::memcpy(data_, v.data(), bytes());
#else
        cudaMemcpy(data_, v.data(), bytes(), cudaMemcpyHostToDevice);
#endif
    }
    std::vector<T> values() const {
        std::vector<T> v(size_);
#if defined(GRADUS_CUDA_ON_CPU)
        std::memcpy(v.data(), data_, bytes());
#else
        cudaMemcpy(v.data(), data_, bytes(), cudaMemcpyDeviceToHost);
#endif
        return v;
    }
    T* data() const { return data_; }

private:
    std::size_t bytes() const { return size_ * sizeof(T); }
    std::size_t size_;
    T* data_ = nullptr;
};

inline int failed = 0;

inline void say(const std::string& name, bool ok, const std::string& more = "") {
    std::printf("%-44s %s%s\n", name.c_str(), ok ? "ok" : "FAILED", more.c_str());
    failed += !ok;
}

/// One line: whether the bytes are the same, and the first that is not.
template <class T>
void check(const std::string& name, const std::vector<T>& found, const std::vector<T>& expected) {
    if (const char* error = take_error()) return say(name, false, std::string(": ") + error);
    std::size_t different = 0, first = 0;
    for (std::size_t i = expected.size(); i-- > 0;)
        if (i >= found.size() || std::memcmp(&found[i], &expected[i], sizeof(T)) != 0) {
            ++different;
            first = i;
        }
    std::string more;
    if (different > 0) {
        unsigned is = 0, should_be = 0;
        std::memcpy(&is, &found[first], sizeof(T));
        std::memcpy(&should_be, &expected[first], sizeof(T));
        char text[160];
        std::snprintf(text, sizeof text, ": %zu of %zu differ, number %zu is 0x%08x, expected 0x%08x", different,
                      expected.size(), first, is, should_be);
        more = text;
    }
    say(name, different == 0, more);
}

inline std::uint32_t bits(float x) {
    std::uint32_t u;
    std::memcpy(&u, &x, sizeof u);
    return u;
}
inline float number(std::uint32_t u) {
    float x;
    std::memcpy(&x, &u, sizeof x);
    return x;
}

/// Pseudo-random, the same on every machine.
inline std::uint32_t next() {
    static std::uint32_t seed = 1;
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}
/// An integer from -4 to 4: every format holds it, and sums of products of such are exact.
inline float small() { return static_cast<float>(static_cast<int>(next() % 9) - 4); }
inline std::vector<float> smalls(std::size_t n) {
    std::vector<float> v(n);
    for (float& x : v) x = small();
    return v;
}

/// x with so many binary digits, by arithmetic in double and not by its bits: ties to even, or away from zero.
inline std::uint32_t round_to(float x, int digits, bool even) {
    if (!std::isfinite(x)) return bits(x);
    int exponent;
    std::frexp(x, &exponent);
    const double step = std::ldexp(1.0, std::max(exponent - digits, -125 - digits));
    const double q = std::fabs(static_cast<double>(x)) / step;
    const double rounded = even ? std::nearbyint(q) : std::floor(q + 0.5);
    return bits(std::copysign(static_cast<float>(rounded * step), x));
}

/// Ties, the largest, infinities, NaN, subnormal numbers, and then any bits.
inline std::vector<float> special_numbers() {
    std::vector<float> v;
    for (const std::uint32_t u :
         {0u,          0x80000000u, 0x3f800000u, 0x3f801000u, 0x3f803000u, 0x3f800fffu, 0x3f801001u,
          0x3fffffffu, 0x3f808000u, 0x3f818000u, 0x7f7fffffu, 0xff7fffffu, 0x7f7fe000u, 0x7f7ff000u,
          0x7f7f7fffu, 0x7f800000u, 0xff800000u, 0x7fc00000u, 0x7fffffffu, 1u,          0x1000u,
          0x3000u,     0x8000u,     0x18000u,    0x007fffffu, 0x00800000u, 0x807ff000u})
        v.push_back(number(u));
    for (int i = 0; i < 229; ++i) v.push_back(number((next() & 0xffffu) | next() << 16));
    return v;
}

/// Where byte `at` of a tile lies after a swizzle: in every line of 128 bytes, the chunks of 16 change places.
inline int swizzled_byte(int at, int span) {
    if (span <= 16) return at;
    return (at & ~127) | ((at / 16 % 8) ^ (at / 128 % (span / 16))) * 16 | (at & 15);
}

}  // namespace gradus::kernels::GRADUS_CUDA::conformance
