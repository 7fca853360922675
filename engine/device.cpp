#include "engine/device.h"

#include <sched.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "engine/require.h"

namespace gradus {

const char* to_string(DeviceKind kind) {
    return kind == DeviceKind::cpu ? "cpu" : kind == DeviceKind::cuda ? "cuda" : "cuda-on-cpu";
}

std::vector<StepTime> Device::timed(std::size_t steps, const std::function<void(std::size_t)>& queue) {
    using Clock = std::chrono::steady_clock;
    wait();
    const auto begin = Clock::now();
    const auto now = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
    std::vector<StepTime> times(steps);
    for (std::size_t i = 0; i < steps; ++i) {
        times[i].start = now();
        queue(i);
        wait();
        times[i].seconds = now() - times[i].start;
    }
    return times;
}

namespace {

class Cpu final : public Device {
public:
    DeviceKind kind() const override { return DeviceKind::cpu; }
    std::string name() const override { return "cpu"; }
    void* allocate(std::size_t bytes) override {
        // A multiple of the alignment, as aligned_alloc asks; 64 bytes are a cache line and the widest vector.
        void* memory =
            bytes > SIZE_MAX - 63 ? nullptr : std::aligned_alloc(64, (bytes + 63) / 64 * 64 + (bytes == 0 ? 64 : 0));
        require(memory != nullptr, "cpu: no memory for {} MB; a smaller picture needs less", (bytes >> 20) + 1);
        return memory;
    }
    void free(void* memory) noexcept override { std::free(memory); }
    void copy_from_host(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
    void copy_to_host(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
    static void copy(void* to, const void* from, std::size_t bytes) {
        if (bytes > 0)
            std::memcpy(to, from, bytes);  // nothing may come from nowhere: an arena of no bytes has no address
    }
    Stream stream(int threads) override { return {.native = nullptr, .threads = threads}; }
};

}  // namespace

Device& cpu_device() {
    static Cpu cpu;
    return cpu;
}

int default_threads() {
    cpu_set_t set;
    CPU_ZERO(&set);
    const int cores = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    return cores > 0 ? cores : 1;
}

}  // namespace gradus
