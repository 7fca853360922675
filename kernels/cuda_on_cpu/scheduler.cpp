#include "kernels/cuda_on_cpu/scheduler.h"

#include "kernels/cuda_on_cpu/fiber.h"
#include "kernels/cuda_on_cpu/report.h"

namespace gradus::kernels::emulation {

constinit thread_local Thread* current = nullptr;

namespace {

using Order = Schedule::Order;

/// The fibers of one operating-system thread. They are kept: a launch costs no system call.
struct Fibers {
    Fiber caller;  // where run_threads was called
    std::vector<std::unique_ptr<Fiber>> all;
    std::vector<Fiber*> idle;
};

Fibers& fibers() {
    static thread_local Fibers f;
    return f;
}

std::uint32_t random_number(Cluster& c) {
    c.random = c.random * 1664525u + 1013904223u;
    return c.random >> 8;
}

long patience(const Cluster& c) { return 4L * c.alive + 16; }

/// Takes the next thread to run; null when all have ended.
Thread* pick(Cluster& c) {
    Ready& ready = c.ready;
    if (ready.size() == 0) {
        if (c.alive == 0) return nullptr;
        report_deadlock(c);
    }
    const Order order = c.launch->schedule.order;
    if (order == Order::reverse) return ready.take_last();
    // Nothing has moved for long: be fair before calling it a deadlock.
    if (order == Order::random && c.polls_in_vain <= patience(c)) return ready.take(random_number(c) % ready.size());
    return ready.take_first();
}

void fiber_main();

/// A fiber for a thread that begins. Under ThreadSanitizer each thread has its own, so that no two look like one.
Fiber* free_fiber([[maybe_unused]] Thread& t) {
    Fibers& f = fibers();
#if GRADUS_HAS_TSAN
    const std::size_t i = static_cast<std::size_t>(&t - t.block->cluster->threads.data());
    while (f.all.size() <= i) {
        f.all.push_back(std::make_unique<Fiber>());
        make(*f.all.back(), fiber_main);
    }
    return f.all[i].get();
#else
    if (f.idle.empty()) {
        f.all.push_back(std::make_unique<Fiber>());
        make(*f.all.back(), fiber_main);
        return f.all.back().get();
    }
    Fiber* fiber = f.idle.back();
    f.idle.pop_back();
    return fiber;
#endif
}

/// Leaves `from` for the fiber of `t`, which may begin or go on.
void go_on_with(Fiber& from, Thread* t) {
    if (t == nullptr) {
        current = nullptr;
        switch_fibers(from, fibers().caller);
        return;
    }
    if (t->fiber == nullptr) {
        t->fiber = free_fiber(*t);
        t->fiber->next = t;
    }
    current = t;
    switch_fibers(from, *t->fiber);
}

/// What is in flight arrives, one thing at a time, once nothing else moves.
bool let_something_arrive(Cluster& c) {
    if (c.in_flight.empty()) return false;
    const bool any = c.launch->schedule.order == Order::random;
    const std::size_t i = any ? random_number(c) % c.in_flight.size() : 0;
    const auto arrives = std::move(c.in_flight[i]);
    c.in_flight.erase(c.in_flight.begin() + static_cast<std::ptrdiff_t>(i));
    arrives();
    return true;
}

void end(Thread& t) {
    Cluster& c = *t.block->cluster;
    check_ended(t);
    t.done = true;
    --t.block->alive;
    --c.alive;
    c.polls_in_vain = 0;
}

/// What every fiber does: run the thread it was given, then whichever is next. A thread that never waits is followed by
/// the next one on the same fiber, so a kernel without barriers runs like a loop.
void fiber_main() {
    entered();
    Fiber* self = current->fiber;
    for (;;) {
        Thread& t = *self->next;
        Cluster& c = *t.block->cluster;
        acquire(&c.begins);
        c.launch->kernel(c.launch->arguments);
        release(&c.ends);
        end(t);
        while (c.ready.size() == 0 && c.alive > 0 && let_something_arrive(c)) {
        }
        Thread* next = pick(c);
#if !GRADUS_HAS_TSAN
        if (next != nullptr && next->fiber == nullptr) {
            next->fiber = self;
            self->next = next;
            current = next;
            continue;
        }
        fibers().idle.push_back(self);
#endif
        go_on_with(*self, next);
    }
}

}  // namespace

void run_threads(Cluster& c) {
    Fibers& f = fibers();
    adopt_running(f.caller);
    release(&c.begins);
    go_on_with(f.caller, pick(c));
    acquire(&c.ends);
}

void wait(const Place& place) {
    Thread& t = *current;
    t.waits_at = place;
    Thread* next = pick(*t.block->cluster);
    if (next != &t) go_on_with(*t.fiber, next);
}

void wake(std::vector<Thread*>& waiting) {
    Cluster& c = *current->block->cluster;
    for (Thread* t : waiting) c.ready.push_last(t);
    waiting.clear();
    c.polls_in_vain = 0;
}

void wait_a_little(const Place& place) {
    Thread& t = *current;
    Cluster& c = *t.block->cluster;
    t.waits_at = place;
    if (++c.polls_in_vain > patience(c)) {
        if (let_something_arrive(c)) {
            c.polls_in_vain = 0;
            return;
        }
        if (c.polls_in_vain > 2 * patience(c) + 32) report_deadlock(c);
    }
    if (c.ready.size() == 0) return;
    if (c.launch->schedule.order == Order::reverse)
        c.ready.push_first(&t);
    else
        c.ready.push_last(&t);
    Thread* next = pick(c);
    if (next != &t) go_on_with(*t.fiber, next);
}

void maybe_let_others_run(const char* what) {
    Thread& t = *current;
    Cluster& c = *t.block->cluster;
    c.polls_in_vain = 0;
    if (c.launch->schedule.order != Order::random || c.ready.size() == 0 || random_number(c) % 4 != 0) return;
    t.waits_at = {what, "", 0};
    c.ready.push_last(&t);
    Thread* next = pick(c);
    if (next != &t) go_on_with(*t.fiber, next);
}

}  // namespace gradus::kernels::emulation
