#pragma once
// Every file of kernels/cpu is compiled once per instruction set, each time inside another namespace named by
// GRADUS_ISA; which one serves is decided once, when the program starts. Files compiled this way include no
// header that defines inline functions other than templates over their own types: a linker keeps one copy of
// an inline function, and it must not be one that only newer machines can run.

#if defined(__x86_64__)
#define GRADUS_EACH_ISA(...) \
    namespace baseline {     \
    __VA_ARGS__              \
    }                        \
    namespace avx2 {         \
    __VA_ARGS__              \
    }                        \
    namespace avx512 {       \
    __VA_ARGS__              \
    }
/// The function of this type and name for the instruction set that serves.
#define GRADUS_PICK(type, function)                                                 \
    ::gradus::kernels::cpu::pick<type>(&::gradus::kernels::cpu::baseline::function, \
                                       &::gradus::kernels::cpu::avx2::function,     \
                                       &::gradus::kernels::cpu::avx512::function)
#else
#define GRADUS_EACH_ISA(...) \
    namespace baseline {     \
    __VA_ARGS__              \
    }
#define GRADUS_PICK(type, function) static_cast<type*>(&::gradus::kernels::cpu::baseline::function)
#endif

namespace gradus::kernels::cpu {

/// The instruction sets a kernel may be compiled for, weakest first: SSE2 or NEON, AVX2 with FMA, AVX-512 (F,
/// BW, DQ, VL).
enum class Isa { baseline, avx2, avx512 };

/// The best one that this machine has, or the one that the environment variable GRADUS_ISA names, if the
/// machine has it.
Isa isa();

template <class F>
F* pick(F* baseline, F* avx2, F* avx512) {
    return isa() == Isa::avx512 ? avx512 : isa() == Isa::avx2 ? avx2 : baseline;
}

}  // namespace gradus::kernels::cpu
