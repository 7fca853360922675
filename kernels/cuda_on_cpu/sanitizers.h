#pragma once
// What the sanitizers must be told of fibers and barriers. Without them everything here is nothing.
// The runtime itself is compiled without ThreadSanitizer (GRADUS_EMULATION_TSAN says that the program has it): it runs
// on behalf of many CUDA threads, and its own accesses must not look like theirs.

#if defined(__SANITIZE_THREAD__) || defined(GRADUS_EMULATION_TSAN)
#define GRADUS_HAS_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GRADUS_HAS_TSAN 1
#endif
#endif
#if !defined(GRADUS_HAS_TSAN)
#define GRADUS_HAS_TSAN 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define GRADUS_HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GRADUS_HAS_ASAN 1
#endif
#endif
#if !defined(GRADUS_HAS_ASAN)
#define GRADUS_HAS_ASAN 0
#endif

#if GRADUS_HAS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if GRADUS_HAS_TSAN
#include <sanitizer/tsan_interface.h>
extern "C" {
void AnnotateIgnoreReadsBegin(const char*, int);
void AnnotateIgnoreReadsEnd(const char*, int);
void AnnotateIgnoreWritesBegin(const char*, int);
void AnnotateIgnoreWritesEnd(const char*, int);
}
#endif

namespace gradus::kernels::emulation {

/// While one lives, ThreadSanitizer looks away: inline parts of the runtime that are compiled with the kernels.
struct Unseen {
#if GRADUS_HAS_TSAN
    Unseen() {
        AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
        AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    }
    ~Unseen() {
        AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
        AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;
#else
    __attribute__((always_inline)) Unseen() {}
#endif
};

// What happened before a release of `key` happens before what follows an acquire of it.
#if GRADUS_HAS_TSAN
inline void release(void* key) { __tsan_release(key); }
inline void acquire(void* key) { __tsan_acquire(key); }
#else
__attribute__((always_inline)) inline void release(void*) {}
__attribute__((always_inline)) inline void acquire(void*) {}
#endif

}  // namespace gradus::kernels::emulation
