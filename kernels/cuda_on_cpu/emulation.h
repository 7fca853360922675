#pragma once
// The CUDA execution model on the CPU, as a host program sees it: memory of the emulated device, and the schedule under
// which kernels run. docs/cuda_on_cpu.md explains the whole. Includes nothing of CUDA.
#include <cstddef>
#include <cstdint>

namespace gradus::kernels::emulation {

/// Which of the many legal executions of a kernel is run. A correct kernel gives the same result under every one.
struct Schedule {
    /// Which of the threads and blocks that could run is run next.
    enum class Order { forward, reverse, random };

    Order order = Order::forward;
    std::uint32_t seed = 1;    // of the random order
    bool late_copies = true;   // cp.async copies when it is waited for, the last legal moment; else at once
    bool late_tma = true;      // the same for TMA loads and stores
    bool late_wgmma = true;    // the same for wgmma: it reads shared memory when it is waited for
    bool late_proxies = true;  // plain stores reach TMA and wgmma only at a proxy fence
};

/// The schedule of the launches to come. At first what the environment variable GRADUS_CUDA_ON_CPU says: words with
/// commas between them, "forward", "reverse" or "random", "seed=3", "late=all", "late=none" or "late=copies+tma".
Schedule schedule();
void set_schedule(const Schedule&);

/// Memory of the emulated device, filled with 0xFF (NaN in every float type). It ends at an inaccessible page: an index
/// one past the end is reported, with the kernel and its thread (sizes that are no multiple of 16 leave a gap of up to
/// 15 bytes before that page; it is checked when the memory is given back). It starts on a multiple of 64 where `bytes`
/// is one, else on a multiple of 16. The first 16,000 allocations that live at the same time are guarded like this; any
/// further ones are not. Null for 0 bytes or where there is no memory.
void* allocate(std::size_t bytes);
void deallocate(void*) noexcept;

}  // namespace gradus::kernels::emulation
