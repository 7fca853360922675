#pragma once
// CUDA for a kernel file, which is compiled twice: by nvcc with GRADUS_CUDA=cuda, and by the host's compiler with
// GRADUS_CUDA=cuda_on_cpu, where kernels/cuda_on_cpu runs it. Keywords, built-in variables and functions are CUDA's own
// in both; there is no <<<>>>, and shared memory is declared by GRADUS_SHARED and GRADUS_DYNAMIC_SHARED.
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/stream.h"

#if defined(GRADUS_CUDA_ON_CPU)
#include "kernels/cuda_on_cpu/device.h"
#else
#include <cuda_runtime.h>
/// GRADUS_SHARED(float, tile, [32][33]) declares the shared array float tile[32][33].
#define GRADUS_SHARED(type, name, ...) __shared__ type name __VA_ARGS__
/// GRADUS_DYNAMIC_SHARED(float, buffer) declares float* buffer, the Grid::shared bytes of this launch.
#define GRADUS_DYNAMIC_SHARED(type, name)                                    \
    extern __shared__ __align__(1024) unsigned char gradus_dynamic_shared[]; \
    type* name = reinterpret_cast<type*>(gradus_dynamic_shared)
#endif

namespace gradus::kernels::GRADUS_CUDA {

/// The shape of a launch: launch(kernel, {.blocks = 12, .threads = 256}, stream, arguments...).
struct Grid {
    dim3 blocks = 1;
    dim3 threads = 1;
    std::size_t shared = 0;  // bytes of dynamic shared memory per block
    unsigned cluster = 1;    // so many blocks along x run together (sm_90)
    // Where the launch stands, for reports.
    const char* file = __builtin_FILE();
    int line = __builtin_LINE();
    const char* function = __builtin_FUNCTION();
};

#if defined(GRADUS_CUDA_ON_CPU)

/// Runs the kernel, which has ended when this returns. Arguments are converted to the kernel's parameters.
template <class... P, class... A>
void launch(void (*kernel)(P...), const Grid& grid, Stream stream, const A&... arguments) {
    struct Call {
        void (*kernel)(P...);
        std::tuple<P...> arguments;
    };
    const Call call{kernel, {static_cast<P>(arguments)...}};
    emulation::run({.blocks = grid.blocks,
                    .threads = grid.threads,
                    .shared = grid.shared,
                    .cluster = grid.cluster,
                    .file = grid.file,
                    .line = grid.line,
                    .function = grid.function,
                    .os_threads = stream.threads,
                    .kernel =
                        [](const void* p) {
                            const auto* c = static_cast<const Call*>(p);
                            std::apply(c->kernel, c->arguments);
                        },
                    .arguments = &call,
                    .schedule = emulation::schedule()});
}

#else

/// Queues a kernel whose parameters lie at these addresses (kernels/cuda/launch.cu).
void queue(const void* kernel, const Grid& grid, Stream stream, void** parameters);

/// Queues the kernel on the stream. Arguments are converted to the kernel's parameters. What goes wrong is kept for
/// take_launch_error() (kernels/cuda/errors.h).
template <class... P, class... A>
void launch(void (*kernel)(P...), const Grid& grid, Stream stream, const A&... arguments) {
    [&](std::remove_const_t<P>... converted) {
        void* parameters[] = {&converted..., nullptr};
        queue(reinterpret_cast<const void*>(kernel), grid, stream, parameters);
    }(static_cast<P>(arguments)...);
}

#endif

}  // namespace gradus::kernels::GRADUS_CUDA
