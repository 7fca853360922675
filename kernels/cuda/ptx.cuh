#pragma once
// Every PTX instruction that our kernels use, as a function with a name. nvcc compiles the assembly in these files; the
// host's compiler takes functions of the same names from kernels/cuda_on_cpu, which do what docs/cuda_conformance.md
// says, as late as the text of the PTX ISA allows. bench/gpu/conformance.cu compares each of them with plain loops.
#include "kernels/cuda/ptx/async.cuh"
#include "kernels/cuda/ptx/cluster.cuh"
#include "kernels/cuda/ptx/mbarrier.cuh"
#include "kernels/cuda/ptx/mma.cuh"
#include "kernels/cuda/ptx/tensor_map.cuh"
#include "kernels/cuda/ptx/tma.cuh"
#include "kernels/cuda/ptx/wgmma.cuh"
