#include "kernels/cpu/isa.h"

#include <cstdlib>
#include <cstring>

#include "kernels/cpu/isa_name.h"

namespace gradus::kernels::cpu {
namespace {

Isa machine() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return Isa::avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::avx2;
#endif
    return Isa::baseline;
}

Isa choose() {
    const Isa best = machine();
    const char* asked = std::getenv("GRADUS_ISA");
    if (!asked) return best;
    const Isa wanted = std::strcmp(asked, "baseline") == 0 ? Isa::baseline
                       : std::strcmp(asked, "avx2") == 0   ? Isa::avx2
                                                           : Isa::avx512;
    return wanted < best ? wanted : best;
}

}  // namespace

Isa isa() {
    static const Isa chosen = choose();
    return chosen;
}

const char* isa_name() {
    switch (isa()) {
        case Isa::avx512:
            return "avx512";
        case Isa::avx2:
            return "avx2";
        default:
            return "baseline";
    }
}

}  // namespace gradus::kernels::cpu
