#include "bench/device_timer.h"

#include <chrono>
#include <cstring>

#include "engine/require.h"

#if GRADUS_HAVE_CUDA
#include <cuda_runtime_api.h>

#include "kernels/reduce.h"
#endif

namespace gradus::bench {

/// Begin and end of what is timed.
struct DeviceClock {
    virtual ~DeviceClock() = default;
    virtual void begin() = 0;
    virtual double end() = 0;  // milliseconds since begin, once the work is done
    /// Overwrites the memory and reads it: no cache holds anything else then, nor anything that has yet to be written.
    virtual void sweep(void* memory, std::size_t bytes) = 0;
    virtual void copy(void* to, const void* from, std::size_t bytes) = 0;
};

namespace {

class HostClock final : public DeviceClock {
public:
    void begin() override { start_ = std::chrono::steady_clock::now(); }
    double end() override {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
    }
    void sweep(void* memory, std::size_t bytes) override {
        std::memset(memory, 0, bytes);
        auto* bytes_of = static_cast<volatile const char*>(memory);
        for (std::size_t line = 0; line < bytes; line += 64) static_cast<void>(bytes_of[line]);
    }
    void copy(void* to, const void* from, std::size_t bytes) override { std::memcpy(to, from, bytes); }

private:
    std::chrono::steady_clock::time_point start_ = {};
};

#if GRADUS_HAVE_CUDA
class EventClock final : public DeviceClock {
public:
    explicit EventClock(Device& device)
        : device_(device), stream_(static_cast<cudaStream_t>(device.stream(1).native)), sum_(device, sizeof(float)) {
        check(cudaEventCreate(&begin_));
        check(cudaEventCreate(&end_));
    }
    ~EventClock() override {
        cudaEventDestroy(begin_);
        cudaEventDestroy(end_);
    }
    void begin() override { check(cudaEventRecord(begin_, stream_)); }
    double end() override {
        check(cudaEventRecord(end_, stream_));
        check(cudaEventSynchronize(end_));
        float ms = 0;
        check(cudaEventElapsedTime(&ms, begin_, end_));
        return static_cast<double>(ms);
    }
    void sweep(void* memory, std::size_t bytes) override {
        check(cudaMemsetAsync(memory, 0, bytes, stream_));
        const auto n = static_cast<std::int64_t>(bytes / sizeof(float));
        const auto room = static_cast<std::size_t>(kernels::cuda_reduce_blocks(n)) * sizeof(double);
        if (of_blocks_.bytes() < room) of_blocks_ = Buffer(device_, room);
        kernels::cuda::sum(kernels::Pixels<const float>{static_cast<const float*>(memory), n},
                           static_cast<float*>(sum_.data()), 1, n, 1.0, static_cast<std::byte*>(of_blocks_.data()),
                           {.native = stream_});
    }
    void copy(void* to, const void* from, std::size_t bytes) override {
        check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_));
    }

private:
    static void check(cudaError_t status) {
        require(status == cudaSuccess, "timing on the GPU failed: {}", cudaGetErrorString(status));
    }
    Device& device_;
    cudaStream_t stream_;
    Buffer sum_, of_blocks_ = {};
    cudaEvent_t begin_ = nullptr, end_ = nullptr;
};
#endif

std::unique_ptr<DeviceClock> clock_of(Device& device) {
#if GRADUS_HAVE_CUDA
    if (device.kind() == DeviceKind::cuda) return std::make_unique<EventClock>(device);
#endif
    require(device.kind() != DeviceKind::cuda, "no timer for {}", device.name());
    return std::make_unique<HostClock>();
}

}  // namespace

DeviceTimer::DeviceTimer(Device& device, std::size_t flush)
    : device_(device), clock_(clock_of(device)), flushed_(device, flush) {}

DeviceTimer::~DeviceTimer() = default;

double DeviceTimer::cold(const std::function<void()>& work) {
    device_.wait();
    clock_->sweep(flushed_.data(), flushed_.bytes());
    clock_->begin();
    work();
    return clock_->end();
}

double DeviceTimer::warm(const std::function<void()>& work, int runs) {
    work();
    device_.wait();
    clock_->begin();
    for (int i = 0; i < runs; ++i) work();
    return clock_->end() / runs;
}

void DeviceTimer::copy(void* to, const void* from, std::size_t bytes) { clock_->copy(to, from, bytes); }

}  // namespace gradus::bench
