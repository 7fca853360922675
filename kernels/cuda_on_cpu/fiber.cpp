#include "kernels/cuda_on_cpu/fiber.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#if !GRADUS_FIBERS_BY_UCONTEXT
// Saves what a function must preserve, exchanges the stacks, restores. Called like a function, so the rest is free.
extern "C" void gradus_swap_stacks(void** left_at, void* go_to);
asm(R"(.text
.globl gradus_swap_stacks
.type gradus_swap_stacks,@function
gradus_swap_stacks:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size gradus_swap_stacks,.-gradus_swap_stacks
)");
#endif

namespace gradus::kernels::emulation {
namespace {

// Every guarded stack costs two entries of the process's memory map, of which Linux allows 65,530.
constexpr int most_guarded_stacks = 8192;
std::atomic<int> stacks{0};

}  // namespace

Fiber::~Fiber() {
    if (!owns_stack) return;
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
#if GRADUS_HAS_TSAN
    if (tsan != nullptr) __tsan_destroy_fiber(tsan);
#endif
    munmap(stack - page, stack_bytes + page);
    --stacks;
}

void adopt_running(Fiber& f) {
#if GRADUS_HAS_TSAN
    f.tsan = __tsan_get_current_fiber();
#endif
#if GRADUS_HAS_ASAN
    pthread_attr_t attributes;
    void* lowest = nullptr;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &lowest, &f.bytes);
    pthread_attr_destroy(&attributes);
    f.stack = static_cast<char*>(lowest);
#else
    (void)f;
#endif
}

void make(Fiber& f, void (*entry)()) {
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* memory = mmap(nullptr, Fiber::stack_bytes + page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        std::fprintf(stderr, "cuda_on_cpu: no memory for the stack of a thread\n");
        std::abort();
    }
    if (stacks++ < most_guarded_stacks) mprotect(memory, page, PROT_NONE);
    f.stack = static_cast<char*>(memory) + page;
    f.bytes = Fiber::stack_bytes;
    f.owns_stack = true;
#if GRADUS_HAS_TSAN
    f.tsan = __tsan_create_fiber(0);
#endif
#if GRADUS_FIBERS_BY_UCONTEXT
    getcontext(&f.context);
    f.context.uc_stack.ss_sp = f.stack;
    f.context.uc_stack.ss_size = f.bytes;
    makecontext(&f.context, entry, 0);
#else
    void** top = reinterpret_cast<void**>(f.stack + f.bytes);
    *--top = nullptr;  // where entry would return to; also what aligns the stack as after a call
    *--top = reinterpret_cast<void*>(entry);
    for (int i = 0; i < 6; ++i) *--top = nullptr;
    f.left_at = top;
#endif
}

void entered() {
#if GRADUS_HAS_ASAN
    __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
}

void switch_fibers(Fiber& from, Fiber& to) {
#if GRADUS_HAS_TSAN
    __tsan_switch_to_fiber(to.tsan, __tsan_switch_to_fiber_no_sync);  // that one runs after the other proves nothing
#endif
#if GRADUS_HAS_ASAN
    __sanitizer_start_switch_fiber(&from.fake_stack, to.stack, to.bytes);
#endif
#if GRADUS_FIBERS_BY_UCONTEXT
    swapcontext(&from.context, &to.context);
#else
    gradus_swap_stacks(&from.left_at, to.left_at);
#endif
#if GRADUS_HAS_ASAN
    __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
}

}  // namespace gradus::kernels::emulation
