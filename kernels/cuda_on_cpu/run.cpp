// A launch: its blocks are shared out over operating-system threads.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>

#include "kernels/cpu/parallel.h"
#include "kernels/cuda_on_cpu/fault.h"
#include "kernels/cuda_on_cpu/scheduler.h"

namespace gradus::kernels::emulation {
namespace {

/// One per operating-system thread, kept from launch to launch.
Cluster& own_cluster() {
    static thread_local Cluster c;
    return c;
}

void check(const Launch& l) {
    const auto refuse = [&](const char* what, unsigned long long found, unsigned long long most) {
        fail("the launch at %s:%d (%s) asks for %llu %s, at most %llu are possible", l.file, l.line, l.function, found,
             what, most);
    };
    const unsigned long long threads = 1ull * l.threads.x * l.threads.y * l.threads.z;
    if (threads == 0 || threads > 1024) refuse("threads per block", threads, 1024);
    if (l.threads.z > 64) refuse("threads along z", l.threads.z, 64);
    if (l.blocks.x == 0 || l.blocks.x > 0x7fffffffu) refuse("blocks along x", l.blocks.x, 0x7fffffffu);
    if (l.blocks.y == 0 || l.blocks.y > 65535) refuse("blocks along y", l.blocks.y, 65535);
    if (l.blocks.z == 0 || l.blocks.z > 65535) refuse("blocks along z", l.blocks.z, 65535);
    if (l.shared > SharedMemory::most_bytes) refuse("bytes of shared memory", l.shared, SharedMemory::most_bytes);
    if (l.cluster == 0 || l.cluster > 16) refuse("blocks per cluster", l.cluster, 16);
    if (l.blocks.x % l.cluster != 0)
        fail("the launch at %s:%d (%s) asks for %u blocks along x in clusters of %u", l.file, l.line, l.function,
             l.blocks.x, l.cluster);
}

/// The shape of the launch, which all its clusters share.
void shape(Cluster& c, const Launch& l, std::uint64_t serial) {
    const unsigned per_block = l.threads.x * l.threads.y * l.threads.z;
    c.launch = &l;
    c.serial = serial;
    while (c.blocks.size() < l.cluster) c.blocks.push_back(std::make_unique<Block>());
    c.blocks.resize(l.cluster);
    c.threads.assign(per_block * l.cluster, Thread());
    for (unsigned rank = 0; rank < l.cluster; ++rank) {
        Block& b = *c.blocks[rank];
        b.cluster = &c;
        b.rank = rank;
        b.threads = static_cast<int>(per_block);
        b.first = &c.threads[rank * per_block];
        b.warps.resize((per_block + 31) / 32);
        b.warpgroups.clear();
        b.warpgroups.resize(per_block % 128 == 0 ? per_block / 128 : 0);
        for (unsigned i = 0; i < per_block; ++i) {
            Thread& t = b.first[i];
            t.number = static_cast<int>(i);
            t.index = {i % l.threads.x, i / l.threads.x % l.threads.y, i / (l.threads.x * l.threads.y)};
            t.block = &b;
        }
    }
}

/// Everything as at the start of a block.
void begin(Cluster& c, std::uint64_t number) {
    const Launch& l = *c.launch;
    const std::uint64_t along_x = l.blocks.x / l.cluster;
    c.alive = static_cast<int>(c.threads.size());
    c.random = l.schedule.seed * 2654435761u + static_cast<std::uint32_t>(number) * 40503u;
    c.polls_in_vain = 0;
    c.barrier.arrived = 0;
    c.ready.reset(c.threads.size());
    for (const auto& b : c.blocks) {
        b->index = {static_cast<unsigned>(number % along_x * l.cluster + b->rank),
                    static_cast<unsigned>(number / along_x % l.blocks.y),
                    static_cast<unsigned>(number / (along_x * l.blocks.y))};
        b->alive = b->threads;
        b->shared.reset(l.shared);
        b->shared.separate_async_view(l.schedule.late_proxies);
        // What the launch gave the block: the registers of a multiprocessor, shared out evenly.
        b->free_registers = 0;
        for (Warpgroup& w : b->warpgroups) {
            w.fenced = false;
            w.products.closed.clear();
            w.registers = std::min(65536 / b->threads / 8 * 8, 256);
        }
        for (Barrier& barrier : b->barriers) barrier.arrived = 0;
    }
    for (Thread& t : c.threads) {
        t.fiber = nullptr;
        t.done = false;
        c.ready.push_last(&t);
    }
}

void finish(Cluster& c) {
    for (const auto& b : c.blocks) {
        current = b->first;  // for the report
        b->shared.check_margins();
        for (const Warpgroup& w : b->warpgroups)
            if (!w.products.empty()) fail("a wgmma was never committed, or never waited for");
    }
    current = c.blocks[0]->first;
    if (!c.in_flight.empty()) fail("nobody waited for a TMA load");
    current = nullptr;
}

}  // namespace

void run(const Launch& launch) {
    if (current != nullptr) fail("a kernel launches a kernel");
    check(launch);
    report_faults();
    const std::uint64_t clusters = std::uint64_t{launch.blocks.x} / launch.cluster * launch.blocks.y * launch.blocks.z;
    // In a random schedule the i-th to run is number (i * step + offset) modulo their count: a step that shares no
    // factor with it reaches every one.
    std::uint64_t step = 1, offset = 0;
    if (launch.schedule.order == Schedule::Order::random) {
        offset = launch.schedule.seed % clusters;
        step = (offset * 2654435761u + clusters * 5 / 8) % clusters;
        while (std::gcd(step, clusters) != 1) ++step;
    }
    static std::atomic<std::uint64_t> launches{0};
    const std::uint64_t serial = ++launches;
    cpu::parallel_for(Stream{nullptr, launch.os_threads}, static_cast<std::int64_t>(clusters),
                      [&](std::int64_t i, int) {
                          const auto in_turn = static_cast<std::uint64_t>(i);
                          const bool reverse = launch.schedule.order == Schedule::Order::reverse;
                          Cluster& c = own_cluster();
                          if (c.serial != serial) shape(c, launch, serial);
                          begin(c, reverse ? clusters - 1 - in_turn : (in_turn * step + offset) % clusters);
                          run_threads(c);
                          finish(c);
                      });
}

}  // namespace gradus::kernels::emulation
