#include "kernels/cuda_on_cpu/fault.h"

#include <signal.h>
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>

#include "kernels/cuda_on_cpu/fiber.h"
#include "kernels/cuda_on_cpu/report.h"

namespace gradus::kernels::emulation {
namespace {

struct sigaction before_segv, before_bus;

/// Whether the address lies just below the running fiber's stack.
bool below_stack(std::uintptr_t address) {
    if (current == nullptr || current->fiber == nullptr) return false;
    const auto lowest = reinterpret_cast<std::uintptr_t>(current->fiber->stack);
    return address < lowest && lowest - address <= 64 << 10;
}

void on_fault(int signal, siginfo_t* info, void*) {
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    char where[512], near[256];
    const bool known = describe_address(address, near, sizeof near);
    if (current == nullptr && !known) {  // not ours
        sigaction(signal, signal == SIGSEGV ? &before_segv : &before_bus, nullptr);
        return;  // and faults again
    }
    describe_current(where, sizeof where);
    std::fprintf(stderr, "cuda_on_cpu: %s: the address %p must not be touched: it lies %s\n", where, info->si_addr,
                 below_stack(address) ? "below the thread's stack of 128 KB, which has overflowed"
                 : known              ? near
                                      : "in no allocation of the emulated device, nor near one");
    std::abort();
}

/// A stack for the handler: the one at fault may have overflowed.
struct SignalStack {
    static constexpr std::size_t bytes = 64 << 10;
    SignalStack() {
        memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        stack_t own = {};
        own.ss_sp = memory;
        own.ss_size = bytes;
        if (memory != MAP_FAILED) sigaltstack(&own, &before);
    }
    ~SignalStack() {
        sigaltstack(&before, nullptr);
        if (memory != MAP_FAILED) munmap(memory, bytes);
    }
    void* memory;
    stack_t before = {};
};

/// Again at every launch: whoever runs tests installs a handler of its own before each of them.
void take_over(int signal, struct sigaction& before) {
    struct sigaction act = {}, found = {};
    act.sa_sigaction = on_fault;
    act.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&act.sa_mask);
    sigaction(signal, &act, &found);
    if (found.sa_sigaction != on_fault) before = found;
}

}  // namespace

void report_faults() {
    static thread_local const SignalStack stack;
    take_over(SIGSEGV, before_segv);
    take_over(SIGBUS, before_bus);
}

}  // namespace gradus::kernels::emulation
