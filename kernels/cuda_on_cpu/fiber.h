#pragma once
// A fiber: a stack, and the place on it where its code was left. Switching is a dozen instructions on x86-64; elsewhere
// it is ucontext, which asks the kernel about signal masks and costs about a hundred times as much.
#include <cstddef>

#include "kernels/cuda_on_cpu/sanitizers.h"

#if !defined(__x86_64__) || defined(GRADUS_EMULATION_UCONTEXT)
#define GRADUS_FIBERS_BY_UCONTEXT 1
#include <ucontext.h>
#else
#define GRADUS_FIBERS_BY_UCONTEXT 0
#endif

namespace gradus::kernels::emulation {

struct Thread;

struct Fiber {
    static constexpr std::size_t stack_bytes = 128 << 10;

    void* left_at = nullptr;  // stack pointer of the code that is not running now
    char* stack = nullptr;    // lowest address; below it lies an inaccessible page
    std::size_t bytes = 0;
    bool owns_stack = false;
    Thread* next = nullptr;      // the CUDA thread it is to run when it goes on
    void* fake_stack = nullptr;  // AddressSanitizer's
    void* tsan = nullptr;        // ThreadSanitizer's fiber
#if GRADUS_FIBERS_BY_UCONTEXT
    ucontext_t context = {};
#endif

    Fiber() = default;
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;
    ~Fiber();
};

/// Makes this the fiber that the calling operating-system thread runs on.
void adopt_running(Fiber&);

/// Gives the fiber a stack and lets it begin in `entry`, which must not return and begins with entered().
void make(Fiber&, void (*entry)());
void entered();

/// Leaves `from`, which is running, and goes on in `to`.
void switch_fibers(Fiber& from, Fiber& to);

}  // namespace gradus::kernels::emulation
