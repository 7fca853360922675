#include <cstring>

#include "engine/device.h"
#include "engine/require.h"
#include "kernels/cuda/errors.h"
#include "kernels/cuda/probe.h"
#include "kernels/cuda_on_cpu/emulation.h"

namespace gradus {
namespace {

namespace emulation = kernels::emulation;

class CudaOnCpu final : public Device {
public:
    DeviceKind kind() const override { return DeviceKind::cuda_on_cpu; }
    std::string name() const override { return "cuda-on-cpu"; }
    int architecture() const override { return kernels::cuda_on_cpu::architecture(); }
    bool has_wgmma() const override { return kernels::cuda_on_cpu::has_wgmma(); }
    void* allocate(std::size_t bytes) override {
        void* memory = emulation::allocate(bytes);
        require(memory != nullptr, "cuda-on-cpu: no memory for {} MB; a smaller picture needs less", (bytes >> 20) + 1);
        return memory;
    }
    void free(void* memory) noexcept override { emulation::deallocate(memory); }
    void copy_from_host(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
    void copy_to_host(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
    static void copy(void* to, const void* from, std::size_t bytes) {
        if (bytes > 0) std::memcpy(to, from, bytes);
    }
    // A launch returns when the kernel has run.
    Stream stream(int threads) override { return {.native = nullptr, .threads = threads}; }
    void check() override {
        const char* error = kernels::cuda_on_cpu::take_launch_error();
        require(error == nullptr, "cuda-on-cpu: {}", error ? error : "");
    }
};

}  // namespace

Device& cuda_on_cpu_device() {
    static CudaOnCpu device;
    return device;
}

}  // namespace gradus
