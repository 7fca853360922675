// Loaded before a program (LD_PRELOAD), it stands before the C library's allocations from main() on: before that, a
// program cannot answer.
//   GRADUS_FAIL_AT=N     allocation number N fails
//   GRADUS_FAIL_ON=1     and all that follow
//   GRADUS_WATCH=FILE    at the end the number of allocations and the most bytes held at once are written there
#include <dlfcn.h>
#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace {

std::atomic<bool> counting = false;
std::atomic<long> count = 0, held = 0, most = 0;
long fail_at = 0;
bool all_that_follow = false;

long number_in(const char* variable) {
    const char* text = std::getenv(variable);
    return text == nullptr ? 0 : std::atol(text);
}

bool fails() {
    if (!counting) return false;
    const long number = ++count;
    if (number != fail_at && !(all_that_follow && fail_at > 0 && number > fail_at)) return false;
    errno = ENOMEM;
    return true;
}

void* taken(void* block) {
    if (counting && block != nullptr) {
        const long now = held += static_cast<long>(malloc_usable_size(block));
        for (long before = most; now > before && !most.compare_exchange_weak(before, now);) {
        }
    }
    return block;
}

void given(void* block) {
    if (counting && block != nullptr) held -= static_cast<long>(malloc_usable_size(block));
}

void report() {
    counting = false;
    const char* name = std::getenv("GRADUS_WATCH");
    if (name == nullptr) return;
    if (FILE* file = std::fopen(name, "w")) {
        std::fprintf(file, "%ld %ld\n", count.load(), most.load());
        std::fclose(file);
    }
}

int (*real_main)(int, char**, char**) = nullptr;

int watched_main(int argc, char** argv, char** environment) {
    fail_at = number_in("GRADUS_FAIL_AT");
    all_that_follow = number_in("GRADUS_FAIL_ON") != 0;
    std::atexit(report);
    counting = true;
    return real_main(argc, argv, environment);
}

}  // namespace

// glibc's own names of what these stand before.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) { return fails() ? nullptr : taken(__libc_malloc(size)); }
void* calloc(std::size_t n, std::size_t size) { return fails() ? nullptr : taken(__libc_calloc(n, size)); }
void* realloc(void* block, std::size_t size) {
    if (fails()) return nullptr;
    const auto before = block == nullptr ? 0 : static_cast<long>(malloc_usable_size(block));
    void* const made = __libc_realloc(block, size);
    if (counting && (made != nullptr || size == 0)) held -= before;
    return taken(made);
}
void* memalign(std::size_t alignment, std::size_t size) {
    return fails() ? nullptr : taken(__libc_memalign(alignment, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    void* const made = memalign(alignment, size);
    if (made == nullptr) return ENOMEM;
    *block = made;
    return 0;
}
void free(void* block) {
    given(block);
    __libc_free(block);
}

int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv, void (*init)(), void (*fini)(),
                      void (*loader_fini)(), void* stack_end) {
    real_main = main;
    using Start = int (*)(int (*)(int, char**, char**), int, char**, void (*)(), void (*)(), void (*)(), void*);
    const auto start = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "__libc_start_main"));
    return start(watched_main, argc, argv, init, fini, loader_fini, stack_end);
}
}
