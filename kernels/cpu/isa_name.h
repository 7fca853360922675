#pragma once

namespace gradus::kernels::cpu {

/// The name of the instruction set that serves, as GRADUS_ISA takes it: "baseline", "avx2" or "avx512".
const char* isa_name();

}  // namespace gradus::kernels::cpu
