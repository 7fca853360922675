#pragma once
#include "engine/device.h"

namespace gradus {

/// While it lives, what is queued on an NVIDIA GPU carries this name in a profiler that watches: Nsight Systems,
/// Nsight Compute (docs/profiling.md). Nothing on other devices, and where gradus is built without CUDA or NVTX.
///
/// cost      without a profiler, a comparison on other devices, two calls through a pointer on a GPU
class ProfilerRange {
public:
    ProfilerRange(const Device& device, const std::string& name) : open_(device.kind() == DeviceKind::cuda) {
        if (open_) open(name.c_str());
    }
    ~ProfilerRange() {
        if (open_) close();
    }
    ProfilerRange(const ProfilerRange&) = delete;
    ProfilerRange& operator=(const ProfilerRange&) = delete;

private:
    static void open(const char* name);
    static void close();
    bool open_;
};

}  // namespace gradus
