#include "kernels/cuda_on_cpu/barrier.h"

#include "kernels/cuda_on_cpu/hopper.h"
#include "kernels/cuda_on_cpu/scheduler.h"

namespace gradus::kernels::emulation {

namespace {

void arrive_at(Barrier& b, int id, int threads, bool waits, const Place& place) {
    char* key = &b.sync[b.generation & 1];
    release(key);
    something_moved();
    if (b.arrived == 0)
        b.expected = threads;
    else if (b.expected != threads)
        fail("%s expects %d threads at barrier %d, others expect %d there", place.what, threads, id, b.expected);
    if (++b.arrived == b.expected) {
        b.arrived = 0;
        ++b.generation;
        wake(b.waiting);
        if (waits) acquire(key);
    } else if (waits) {
        b.waiting.push_back(current);
        wait(place);
        acquire(key);
    }
}

}  // namespace

void arrive(int id, int threads, bool waits, const Place& place) {
    const Unseen unseen;
    arrive_at(current->block->barriers[static_cast<std::size_t>(id)], id, threads, waits, place);
}

void cluster_sync(const char* file, int line) {
    const Unseen unseen;
    Cluster& c = *current->block->cluster;
    arrive_at(c.barrier, 0, static_cast<int>(c.threads.size()), true, {"cluster_sync", file, line});
}

}  // namespace gradus::kernels::emulation
