// One of the targets as libFuzzer wants it. Besides crashes and hangs it finds what takes more memory than twice the
// bytes that it was given, and GRADUS_FUZZ_MEMORY more, and what takes longer than some seconds of the processor's
// time: on the clock a busy machine would seem to hang.
#include <sanitizer/allocator_interface.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "engine/error.h"
#include "tests/fuzz/targets.h"

namespace {

// Of the one thread that reads.
thread_local bool counted = false;
std::int64_t taken = 0, most = 0;

constexpr double longest = 5;  // seconds, under the sanitizers

void on_allocation(const volatile void*, std::size_t size) {
    if (!counted || (taken += static_cast<std::int64_t>(size)) <= most) return;
    counted = false;
    std::fprintf(stderr, "fuzzing: found %lld bytes of memory taken, expected at most %lld\n",
                 static_cast<long long>(taken), static_cast<long long>(most));
    std::abort();
}

void on_release(const volatile void* block) {
    if (counted) taken -= static_cast<std::int64_t>(__sanitizer_get_allocated_size(block));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int hooked = __sanitizer_install_malloc_and_free_hooks(on_allocation, on_release);
    (void)hooked;
    taken = 0;
    most = 2 * static_cast<std::int64_t>(size) + GRADUS_FUZZ_MEMORY;
    counted = true;
    const std::clock_t start = std::clock();
    try {
        gradus::fuzz::GRADUS_FUZZ_TARGET({reinterpret_cast<const std::byte*>(data), size});
    } catch (const gradus::Error&) {
    }
    counted = false;
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    if (seconds > longest) {
        std::fprintf(stderr, "fuzzing: found %.1f seconds taken, expected at most %.1f\n", seconds, longest);
        std::abort();
    }
    return 0;
}
