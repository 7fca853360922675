#pragma once
#include <cstdint>

namespace gradus {

/// Where kernels are queued, and how many threads a CPU kernel may use. Owns nothing.
struct Stream {
    void* native = nullptr;  // cudaStream_t, or null on the CPU
    int threads = 1;
};

/// What a gradient kernel does with the values already in its output.
enum class Write { overwrite, accumulate };

}  // namespace gradus
