#pragma once
// The blocks and threads of a kernel while they run. One operating-system thread runs one cluster at a time (a single
// block, unless the launch asks for clusters), and within it one CUDA thread at a time: nothing here needs a lock.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "kernels/cuda_on_cpu/async.h"
#include "kernels/cuda_on_cpu/launch_record.h"
#include "kernels/cuda_on_cpu/ready.h"
#include "kernels/cuda_on_cpu/sanitizers.h"
#include "kernels/cuda_on_cpu/shared.h"

namespace gradus::kernels::emulation {

struct Fiber;
struct Thread;
struct Cluster;

/// A line of a kernel, for reports.
struct Place {
    const char* what = "";
    const char* file = "";
    int line = 0;
};

/// What __syncthreads and the named barriers count.
struct Barrier {
    int arrived = 0;
    int expected = 0;
    unsigned generation = 0;
    char sync[2] = {};  // ThreadSanitizer's keys, one per generation: with a single one, races would go unseen
    std::vector<Thread*> waiting;
};

/// Lanes of a warp, or threads of a warpgroup, that do one thing together: each brings an operand, the last does it for
/// all.
struct Collective {
    std::uint32_t mask = 0;
    int arrived = 0;
    unsigned generation = 0;
    char sync[2] = {};
    const char* what = "";
    std::array<void*, 128> operands = {};
    std::vector<Thread*> waiting;
};

/// A warp's collectives, one per mask in use.
struct Warp {
    std::vector<std::unique_ptr<Collective>> by_mask;
};

/// One thread of the kernel. It has a fiber from its first instruction on.
struct Thread {
    uint3 index = {};
    int number = 0;  // within its block
    struct Block* block = nullptr;
    Fiber* fiber = nullptr;
    bool done = false;
    Place waits_at;
    Groups<AsyncCopy> copies;  // cp.async
    Groups<TmaStore> stores;   // TMA stores
};

/// Four warps, which issue wgmma together.
struct Warpgroup {
    Collective collective;
    Groups<std::function<void()>> products;
    bool fenced = false;
    int registers = 0;  // per thread
};

struct Block {
    uint3 index = {};
    Cluster* cluster = nullptr;
    unsigned rank = 0;  // in its cluster
    int threads = 0;
    int alive = 0;
    Thread* first = nullptr;
    SharedMemory shared;
    std::array<Barrier, 16> barriers;
    std::vector<Warp> warps;
    std::vector<Warpgroup> warpgroups;
    int free_registers = 0;  // given back by setmaxnreg
};

struct Cluster {
    const Launch* launch = nullptr;
    std::uint64_t serial = 0;  // of the launch: addresses come again
    int alive = 0;             // threads that have not ended
    std::vector<std::unique_ptr<Block>> blocks;
    std::vector<Thread> threads;
    Ready ready;
    std::uint32_t random = 1;
    long polls_in_vain = 0;                        // since anything last moved
    Barrier barrier;                               // of all its threads
    std::vector<std::function<void()>> in_flight;  // TMA loads that have not arrived
    char begins = 0, ends = 0;                     // ThreadSanitizer's keys
};

/// The CUDA thread that this operating-system thread is running; null outside kernels.
extern constinit thread_local Thread* current;

inline int lane() { return current->number & 31; }
inline void something_moved() { current->block->cluster->polls_in_vain = 0; }

/// Stops the program with a sentence that names kernel, block and thread.
[[noreturn]] void fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace gradus::kernels::emulation
