#pragma once
// The files of kernels/cuda are compiled for GPUs, into namespace cuda, where there is a CUDA compiler, and always for
// the CPU, into namespace cuda_on_cpu. GRADUS_EACH_CUDA(Relu<float> relu;) declares what it is given in both.

#define GRADUS_IN_CUDA_ON_CPU(...) \
    namespace cuda_on_cpu {        \
    __VA_ARGS__                    \
    }
#if defined(GRADUS_HAVE_CUDA)
#define GRADUS_EACH_CUDA(...) \
    namespace cuda {          \
    __VA_ARGS__               \
    }                         \
    GRADUS_IN_CUDA_ON_CPU(__VA_ARGS__)
#else
#define GRADUS_EACH_CUDA(...) GRADUS_IN_CUDA_ON_CPU(__VA_ARGS__)
#endif
