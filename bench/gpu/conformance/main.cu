// Every instruction of kernels/cuda/ptx against plain loops, bit for bit: on a GPU this checks the hardware's manners,
// on the CPU the emulation's, both against the same numbers. A line per check; the exit code is how many failed.
#include "bench/gpu/conformance/check.h"
#include "bench/gpu/conformance/suites.h"
#include "kernels/cuda/errors.h"

namespace gradus::kernels::GRADUS_CUDA::conformance {

const char* take_error() {
#if !defined(GRADUS_CUDA_ON_CPU)
    if (const cudaError_t e = cudaDeviceSynchronize()) return cudaGetErrorString(e);
#endif
    return take_launch_error();
}

}  // namespace gradus::kernels::GRADUS_CUDA::conformance

int main() {
    using namespace gradus::kernels::GRADUS_CUDA::conformance;
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // what was found is told even if the program is stopped
    bool ampere = true, hopper = true;
#if !defined(GRADUS_CUDA_ON_CPU)
    cudaDeviceProp gpu;
    int driver = 0, runtime = 0;
    if (cudaGetDeviceProperties(&gpu, 0) != cudaSuccess) {
        std::puts("no GPU");
        return 1;
    }
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    std::printf("%s, compute %d.%d, driver %d, runtime %d\n", gpu.name, gpu.major, gpu.minor, driver, runtime);
    ampere = gpu.major >= 8;
    hopper = gpu.major == 9;
#endif
    if (ampere) {
        check_conversions();
        check_mma();
        check_copies();
    }
    check_matrices(hopper);
    check_barriers();
    if (hopper) {
        check_mbarrier();
        check_tma();
        check_wgmma();
        check_clusters();
    } else {
        std::puts("not compute 9.0: the checks of sm_90a are left out");
    }
    std::printf("%d failed\n", failed);
    return failed;
}
