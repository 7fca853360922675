#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/stream.h"

namespace gradus {

/// cuda_on_cpu: the CUDA kernels as the processor runs them, for machines without a GPU.
enum class DeviceKind { cpu, cuda, cuda_on_cpu };

const char* to_string(DeviceKind kind);

/// When a step of a run began, in seconds after the run did, and how many seconds it took.
struct StepTime {
    double start = 0, seconds = 0;
};

/// A place where memory lives and kernels run: allocate, free, copy, make a stream, wait, time; nothing else.
class Device {
public:
    virtual ~Device() = default;
    virtual DeviceKind kind() const = 0;
    virtual std::string name() const = 0;
    /// At least 64-byte aligned. Throws Error, with the size asked for, when there is no room.
    virtual void* allocate(std::size_t bytes) = 0;
    virtual void free(void* memory) noexcept = 0;
    /// Both return when the bytes are there, after all work that was queued before.
    virtual void copy_from_host(void* to, const void* from, std::size_t bytes) = 0;
    virtual void copy_to_host(void* to, const void* from, std::size_t bytes) = 0;
    /// Where kernels are queued that may use up to `threads` threads of the host.
    virtual Stream stream(int threads) = 0;
    /// Records what `work` queues instead of doing it, so that `replay` can queue it all again in one call; nothing
    /// where the device has no such thing. `work` neither allocates, copies nor waits.
    virtual std::shared_ptr<void> record(const std::function<void(Stream)>&) { return nullptr; }
    virtual void replay(void*) {}
    /// Throws Error when a kernel that was launched since the last call could not be, or failed.
    virtual void check() {}
    /// Returns when all work is done that was queued.
    virtual void wait() {}
    /// Queues the steps 0, 1, ... by calling `queue`, waits for them, and says when each of them ran. They follow each
    /// other without overlap.
    virtual std::vector<StepTime> timed(std::size_t steps, const std::function<void(std::size_t)>& queue);
    /// The GPU architecture that CUDA kernels were compiled for here: 80 for compute capability 8.0, which has tensor
    /// cores for TF32 and bf16. 0 where there are none.
    virtual int architecture() const { return 0; }
    /// Whether CUDA kernels may use TMA and wgmma: code for sm_90a, on an H100 or H200.
    virtual bool has_wgmma() const { return false; }
};

/// The machine's processor and memory. One for the whole program.
Device& cpu_device();

/// The CUDA kernels on the machine's processor, in memory of their own (kernels/cuda_on_cpu). One for the whole
/// program.
Device& cuda_on_cpu_device();

/// The device of this name: cpu, cuda-on-cpu, cuda (the first GPU), cuda:1 (the second).
///
/// throws    for other names, with the choices; where gradus is built without CUDA; where there is no driver, an older
/// one
///           than the toolkit's, or no such GPU
Device& device_named(std::string_view name);

/// Owner of some bytes on one device. Moves, never copies.
class Buffer {
public:
    Buffer() = default;
    Buffer(Device& device, std::size_t bytes) : device_(&device), data_(device.allocate(bytes)), bytes_(bytes) {}
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Buffer() {
        if (data_) device_->free(data_);
    }

    void* data() const { return data_; }
    std::size_t bytes() const { return bytes_; }

private:
    void swap(Buffer& other) noexcept {
        std::swap(device_, other.device_);
        std::swap(data_, other.data_);
        std::swap(bytes_, other.bytes_);
    }
    Device* device_ = nullptr;
    void* data_ = nullptr;
    std::size_t bytes_ = 0;
};

/// How many threads the program may use by default: the cores this process may run on.
int default_threads();

}  // namespace gradus
