#pragma once
// CUDA's vector types, in our namespace: the program may hold the real ones in other object files.

namespace gradus::kernels::emulation {

struct uint3 {
    unsigned x, y, z;
};

struct dim3 {
    unsigned x = 1, y = 1, z = 1;
    constexpr dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {}
};

// Aligned as on the device: a vector access that is not aligned is undefined, and the sanitizers report it.
#define GRADUS_VECTOR_TYPES(T, name)                                                          \
    struct alignas(2 * sizeof(T)) name##2 {                                                   \
        T x, y;                                                                               \
    };                                                                                        \
    struct alignas(4 * sizeof(T) < 16 ? 4 * sizeof(T) : 16) name##4 {                         \
        T x, y, z, w;                                                                         \
    };                                                                                        \
    __attribute__((always_inline)) inline name##2 make_##name##2(T x, T y) { return {x, y}; } \
    __attribute__((always_inline)) inline name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }

GRADUS_VECTOR_TYPES(float, float)
GRADUS_VECTOR_TYPES(double, double)
GRADUS_VECTOR_TYPES(int, int)
GRADUS_VECTOR_TYPES(unsigned, uint)
GRADUS_VECTOR_TYPES(short, short)
GRADUS_VECTOR_TYPES(unsigned short, ushort)
#undef GRADUS_VECTOR_TYPES

struct float3 {
    float x, y, z;
};
struct int3 {
    int x, y, z;
};
__attribute__((always_inline)) inline float3 make_float3(float x, float y, float z) { return {x, y, z}; }
__attribute__((always_inline)) inline int3 make_int3(int x, int y, int z) { return {x, y, z}; }
__attribute__((always_inline)) inline uint3 make_uint3(unsigned x, unsigned y, unsigned z) { return {x, y, z}; }

}  // namespace gradus::kernels::emulation
