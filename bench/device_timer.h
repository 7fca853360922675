#pragma once
#include <cstddef>
#include <functional>
#include <memory>

#include "engine/device.h"

namespace gradus::bench {

struct DeviceClock;

/// How long work takes on a device: between two of its events on a GPU, by the clock elsewhere. The work queues itself
/// on the device's stream and does not wait for it.
class DeviceTimer {
public:
    /// `flush`: bytes to overwrite and read before a cold run, several times what the device's last cache holds.
    explicit DeviceTimer(Device& device, std::size_t flush = std::size_t{256} << 20);
    ~DeviceTimer();

    /// Milliseconds of one run whose data is in no cache, and that finds nothing there that has yet to be written. The
    /// GPU is still busy with the flush when the work is queued, so what it costs to queue it is not counted.
    double cold(const std::function<void()>& work);

    /// Milliseconds per run of so many, one after the other, after one that is not counted.
    double warm(const std::function<void()>& work, int runs);

    /// Queues a copy from one piece of the device's memory to another: the ceiling for whatever is bound by memory.
    void copy(void* to, const void* from, std::size_t bytes);

private:
    Device& device_;
    std::unique_ptr<DeviceClock> clock_;
    Buffer flushed_;
};

}  // namespace gradus::bench
