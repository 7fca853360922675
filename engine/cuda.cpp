// NVIDIA GPUs. One stream per device carries everything, so work happens in the order in which it was asked for.
#if GRADUS_HAVE_CUDA
#include "engine/cuda.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

#include "engine/require.h"
#include "kernels/cuda/errors.h"
#include "kernels/cuda/probe.h"

namespace gradus {
namespace {

void require_ok(cudaError_t status, const char* what) {
    require(status == cudaSuccess, "cuda: {} failed: {} ({})", what, cudaGetErrorString(status),
            cudaGetErrorName(status));
}

/// Host memory that the GPU reads and writes at full speed: copies from and to ordinary memory go through it in pieces.
class Staging {
public:
    static constexpr std::size_t bytes = std::size_t{8} << 20;
    Staging() { require_ok(cudaMallocHost(&memory_, bytes), "taking pinned memory"); }
    ~Staging() { cudaFreeHost(memory_); }
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    std::byte* data() const { return static_cast<std::byte*>(memory_); }

private:
    void* memory_ = nullptr;
};

/// A run's launches, recorded once.
struct Recording {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t executable = nullptr;
    ~Recording() {
        if (executable) cudaGraphExecDestroy(executable);
        if (graph) cudaGraphDestroy(graph);
    }
};

/// A moment in a stream.
class Event {
public:
    Event() { require_ok(cudaEventCreate(&event_), "making an event"); }
    ~Event() { cudaEventDestroy(event_); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    void record(cudaStream_t stream) { require_ok(cudaEventRecord(event_, stream), "recording an event"); }
    double seconds_since(const Event& earlier) const {
        float milliseconds = 0;
        require_ok(cudaEventElapsedTime(&milliseconds, earlier.event_, event_), "timing a kernel");
        return static_cast<double>(milliseconds) / 1e3;
    }

private:
    cudaEvent_t event_ = nullptr;
};

class Cuda final : public Device {
public:
    explicit Cuda(int number) : number_(number) {
        select();
        require_ok(cudaGetDeviceProperties(&properties_, number), "asking for the GPU's properties");
        const char* why_not = kernels::cuda::probe();
        require(why_not == nullptr,
                "cuda: {} has compute capability {}.{}, for which this build has no code ({}); configure with "
                "-DGRADUS_CUDA_ARCHITECTURES={}{}",
                properties_.name, properties_.major, properties_.minor, why_not ? why_not : "", properties_.major,
                properties_.minor);
        architecture_ = kernels::cuda::architecture();
        has_wgmma_ = kernels::cuda::has_wgmma();
        require_ok(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream");
        // What is freed is kept for the next allocation.
        require_ok(cudaDeviceGetDefaultMemPool(&pool_, number), "asking for the memory pool");
        std::uint64_t all = UINT64_MAX;
        require_ok(cudaMemPoolSetAttribute(pool_, cudaMemPoolAttrReleaseThreshold, &all), "setting up the memory pool");
        staging_ = std::make_unique<Staging>();
    }

    DeviceKind kind() const override { return DeviceKind::cuda; }
    std::string name() const override { return fmt::format("cuda:{} ({})", number_, properties_.name); }
    int architecture() const override { return architecture_; }
    bool has_wgmma() const override { return has_wgmma_; }

    void* allocate(std::size_t bytes) override {
        select();
        void* memory = nullptr;
        const cudaError_t status = cudaMallocAsync(&memory, std::max<std::size_t>(bytes, 64), stream_);
        if (status == cudaErrorMemoryAllocation) {
            cudaGetLastError();
            std::size_t free = 0, total = 0;
            cudaMemGetInfo(&free, &total);
            throw Error(
                fmt::format("cuda: no memory for {} MB on {}, of whose {} MB {} are free; a smaller picture or "
                            "--precision bf16 needs less",
                            bytes >> 20, properties_.name, total >> 20, free >> 20));
        }
        require_ok(status, "allocating memory");
        return memory;
    }
    void free(void* memory) noexcept override { cudaFreeAsync(memory, stream_); }

    void copy_from_host(void* to, const void* from, std::size_t bytes) override {
        select();
        in_pieces(bytes, [&](std::size_t at, std::size_t n) {
            std::memcpy(staging_->data(), static_cast<const std::byte*>(from) + at, n);
            require_ok(
                cudaMemcpyAsync(static_cast<std::byte*>(to) + at, staging_->data(), n, cudaMemcpyHostToDevice, stream_),
                "copying to the GPU");
            wait();
        });
    }
    void copy_to_host(void* to, const void* from, std::size_t bytes) override {
        select();
        in_pieces(bytes, [&](std::size_t at, std::size_t n) {
            require_ok(cudaMemcpyAsync(staging_->data(), static_cast<const std::byte*>(from) + at, n,
                                       cudaMemcpyDeviceToHost, stream_),
                       "copying from the GPU");
            wait();
            std::memcpy(static_cast<std::byte*>(to) + at, staging_->data(), n);
        });
    }

    Stream stream(int threads) override {
        select();
        return {.native = stream_, .threads = threads};
    }

    std::shared_ptr<void> record(const std::function<void(Stream)>& work) override {
        select();
        auto recording = std::make_shared<Recording>();
        require_ok(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), "beginning to record");
        try {
            work({.native = stream_, .threads = 1});
        } catch (...) {
            cudaStreamEndCapture(stream_, &recording->graph);
            kernels::cuda::take_launch_error();  // told by what is thrown
            throw;
        }
        const cudaError_t ended = cudaStreamEndCapture(stream_, &recording->graph);
        check();  // names the kernel, where one is to blame
        require_ok(ended, "recording a run");
        require_ok(cudaGraphInstantiate(&recording->executable, recording->graph, 0), "making a recorded run ready");
        return recording;
    }
    void replay(void* recorded) override {
        require_ok(cudaGraphLaunch(static_cast<Recording*>(recorded)->executable, stream_), "replaying a run");
    }

    void check() override {
        const char* error = kernels::cuda::take_launch_error();
        require(error == nullptr, "cuda: a kernel could not be started: {}", error ? error : "");
    }
    void wait() override { require_ok(cudaStreamSynchronize(stream_), "running a kernel"); }

    /// By the GPU's own clock, without waiting between steps. Where the processor queues more slowly than the GPU
    /// works, the GPU's waiting counts to the step it waits for.
    std::vector<StepTime> timed(std::size_t steps, const std::function<void(std::size_t)>& queue) override {
        select();
        std::vector<Event> events(steps + 1);
        wait();
        events[0].record(stream_);
        for (std::size_t i = 0; i < steps; ++i) {
            queue(i);
            events[i + 1].record(stream_);
        }
        wait();
        std::vector<StepTime> times(steps);
        for (std::size_t i = 0; i < steps; ++i) {
            times[i].start = events[i].seconds_since(events[0]);
            times[i].seconds = events[i + 1].seconds_since(events[0]) - times[i].start;
        }
        return times;
    }

private:
    void select() { require_ok(cudaSetDevice(number_), "selecting the GPU"); }

    template <class F>
    void in_pieces(std::size_t bytes, const F& f) {
        const std::lock_guard lock(mutex_);
        for (std::size_t at = 0; at < bytes; at += Staging::bytes) f(at, std::min(Staging::bytes, bytes - at));
    }

    int number_;
    int architecture_ = 0;
    bool has_wgmma_ = false;
    cudaDeviceProp properties_ = {};
    cudaStream_t stream_ = nullptr;  // lives as long as the program
    cudaMemPool_t pool_ = nullptr;
    std::mutex mutex_ = {};  // of the staging memory
    std::unique_ptr<Staging> staging_ = {};
};

std::string version(int number) { return fmt::format("{}.{}", number / 1000, number % 1000 / 10); }

}  // namespace

int cuda_devices(std::string* why_none) {
    const auto none = [&](std::string why) {
        if (why_none) *why_none = std::move(why);
        return 0;
    };
    int driver = 0, runtime = 0, count = 0;
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    if (driver == 0) return none("this machine has no NVIDIA driver");
    const cudaError_t status = cudaGetDeviceCount(&count);
    if (status == cudaErrorInsufficientDriver)
        return none(
            fmt::format("the NVIDIA driver serves CUDA {}, and gradus was built with {}: a newer driver is needed",
                        version(driver), version(runtime)));
    if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0))
        return none("there is a driver and no NVIDIA GPU");
    if (status != cudaSuccess) return none(fmt::format("the driver says: {}", cudaGetErrorString(status)));
    return count;
}

Device& cuda_device(int number) {
    static std::mutex mutex;
    static auto& devices = *new std::map<int, std::unique_ptr<Cuda>>;  // never taken down: the driver may be gone first
    const std::lock_guard lock(mutex);
    auto& device = devices[number];
    if (!device) device = std::make_unique<Cuda>(number);
    return *device;
}

}  // namespace gradus
#else
#include "engine/cuda.h"
#include "engine/require.h"

namespace gradus {

int cuda_devices(std::string* why_none) {
    if (why_none) *why_none = "gradus was built without CUDA";
    return 0;
}

Device& cuda_device(int) { throw Error("cuda: gradus was built without CUDA"); }

}  // namespace gradus
#endif
