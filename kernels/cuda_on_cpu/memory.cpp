// Memory of the emulated device, between inaccessible pages.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "kernels/cuda_on_cpu/emulation.h"
#include "kernels/cuda_on_cpu/fault.h"

namespace gradus::kernels::emulation {
namespace {

// Each guarded allocation takes two entries of the process's memory map, of which Linux allows 65,530.
constexpr std::size_t most_guarded = 16000;

struct Allocation {
    std::size_t bytes = 0;
    void* mapping = nullptr;  // with its guards; null where it has none
    std::size_t mapped = 0;
};

struct Registry {
    std::mutex mutex;
    std::map<std::uintptr_t, Allocation> by_start;
    std::size_t guarded = 0;
};

Registry& registry() {
    static Registry* r = new Registry;  // lives as long as any allocation
    return *r;
}

std::size_t page_size() {
    static const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return page;
}

std::size_t alignment_of(std::size_t bytes) { return bytes % 64 == 0 ? 64 : 16; }
std::size_t round_up(std::size_t n, std::size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

/// Pages with an inaccessible one on both sides; the allocation ends where the last of them does.
char* map_guarded(std::size_t bytes, Allocation& a) {
    const std::size_t page = page_size(), used = round_up(bytes, page);
    a.mapped = used + 2 * page;
    a.mapping = mmap(nullptr, a.mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (a.mapping == MAP_FAILED) return nullptr;
    char* first = static_cast<char*>(a.mapping) + page;
    if (mprotect(first, used, PROT_READ | PROT_WRITE) != 0) {
        munmap(a.mapping, a.mapped);
        return nullptr;
    }
    std::memset(first, 0xFF, used);
    return first + used - round_up(bytes, alignment_of(bytes));
}

}  // namespace

void* allocate(std::size_t bytes) {
    if (bytes == 0) return nullptr;
    Registry& r = registry();
    const std::lock_guard lock(r.mutex);
    Allocation a{bytes, nullptr, 0};
    char* start = r.guarded < most_guarded ? map_guarded(bytes, a) : nullptr;
    if (start != nullptr) {
        ++r.guarded;
    } else {
        a.mapping = nullptr;
        start = static_cast<char*>(std::aligned_alloc(64, round_up(bytes, 64)));
        if (start == nullptr) return nullptr;
        std::memset(start, 0xFF, round_up(bytes, 64));
    }
    r.by_start[reinterpret_cast<std::uintptr_t>(start)] = a;
    return start;
}

void deallocate(void* p) noexcept {
    if (p == nullptr) return;
    Registry& r = registry();
    const std::lock_guard lock(r.mutex);
    const auto found = r.by_start.find(reinterpret_cast<std::uintptr_t>(p));
    if (found == r.by_start.end()) {
        std::fprintf(stderr, "cuda_on_cpu: %p is given back, but is no allocation\n", p);
        std::abort();
    }
    const Allocation a = found->second;
    const auto* end = static_cast<const unsigned char*>(p) + a.bytes;
    for (std::size_t i = 0; i < round_up(a.bytes, 16) - a.bytes; ++i)
        if (end[i] != 0xFF) {
            std::fprintf(stderr,
                         "cuda_on_cpu: %zu bytes past the end of the allocation of %zu bytes at %p were written\n",
                         i + 1, a.bytes, p);
            std::abort();
        }
    r.by_start.erase(found);
    if (a.mapping != nullptr) {
        munmap(a.mapping, a.mapped);
        --r.guarded;
    } else {
        std::free(p);
    }
}

bool describe_address(std::uintptr_t address, char* text, std::size_t room) {
    Registry& r = registry();
    const std::unique_lock lock(r.mutex, std::try_to_lock);  // the fault may have come from in here
    if (!lock.owns_lock()) return false;
    constexpr std::uintptr_t near = std::uintptr_t{1} << 30;
    std::uintptr_t best = near;
    for (const auto& [start, a] : r.by_start) {
        const std::uintptr_t end = start + a.bytes;
        const std::uintptr_t away = address < start ? start - address : address >= end ? address - end : 0;
        if (away >= best) continue;
        best = away;
        const auto bytes = static_cast<unsigned long long>(away);
        const auto* at = reinterpret_cast<const void*>(start);
        if (address < start)
            std::snprintf(text, room, "%llu bytes before the allocation of %zu bytes at %p", bytes, a.bytes, at);
        else if (address == end)
            std::snprintf(text, room, "right at the end of the allocation of %zu bytes at %p", a.bytes, at);
        else if (address > end)
            std::snprintf(text, room, "%llu bytes past the end of the allocation of %zu bytes at %p", bytes, a.bytes,
                          at);
        else
            std::snprintf(text, room, "inside the allocation of %zu bytes at %p", a.bytes, at);
    }
    return best < near;
}

}  // namespace gradus::kernels::emulation
