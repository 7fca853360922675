#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "kernels/stream.h"

namespace gradus {

enum class DeviceKind { cpu, cuda };

const char* to_string(DeviceKind kind);

/// A place where memory lives and kernels run: allocate, free, copy, fill, make a stream; nothing else.
class Device {
public:
    virtual ~Device() = default;
    virtual DeviceKind kind() const = 0;
    virtual std::string name() const = 0;
    /// At least 64-byte aligned. Throws Error, with the size asked for, when there is no room.
    virtual void* allocate(std::size_t bytes) = 0;
    virtual void free(void* memory) noexcept = 0;
    virtual void copy_from_host(void* to, const void* from, std::size_t bytes) = 0;
    virtual void copy_to_host(void* to, const void* from, std::size_t bytes) = 0;
    /// Where kernels are queued that may use up to `threads` threads of the host.
    virtual Stream stream(int threads) = 0;
};

/// The machine's processor and memory. One for the whole program.
Device& cpu_device();

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
