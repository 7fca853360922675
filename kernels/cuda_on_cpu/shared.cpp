#include "kernels/cuda_on_cpu/shared.h"

#include <cstdlib>
#include <cstring>

#include "kernels/cuda_on_cpu/block.h"

namespace gradus::kernels::emulation {
namespace {

constexpr unsigned char untouched = 0xA5;

// Parts start on multiples of 128, as much as any access may ask for; this is room for them and their margins.
constexpr std::size_t room = SharedMemory::most_bytes + SharedMemory::most_static_bytes + (64 << 10);

std::size_t round_up(std::size_t n, std::size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

}  // namespace

SharedMemory::~SharedMemory() {
    std::free(memory_);
    std::free(own_view_);
}

void SharedMemory::add(const Part& part) {
    if (part.begin + part.bytes + margin > room) fail("more arrays of shared memory than there is room for");
    std::memset(memory_ + part.begin, 0xFF, part.bytes);
    std::memset(memory_ + part.begin + part.bytes, untouched, margin);
    used_ = part.begin + part.bytes + margin;
    parts_.push_back(part);
}

void SharedMemory::reset(std::size_t dynamic_bytes) {
    if (memory_ == nullptr) memory_ = static_cast<char*>(std::aligned_alloc(1024, round_up(room, 1024)));
    parts_.clear();
    static_bytes_ = 0;
    used_ = 0;
    dynamic_bytes_ = dynamic_bytes;
    if (dynamic_bytes > 0) add({nullptr, 0, dynamic_bytes, "the dynamic shared memory"});
}

void* SharedMemory::declared(const void* declaration, std::size_t bytes, std::size_t alignment, const char* name) {
    for (const Part& part : parts_)
        if (part.declaration == declaration) return memory_ + part.begin;
    static_bytes_ += bytes;
    if (static_bytes_ > most_static_bytes)
        fail("the shared arrays have %zu bytes with %s, more than the %zu that a kernel may declare", static_bytes_,
             name, most_static_bytes);
    if (dynamic_bytes_ + static_bytes_ > most_bytes)
        fail("%zu bytes of shared memory, more than the %zu of a block", dynamic_bytes_ + static_bytes_, most_bytes);
    add({declaration, round_up(used_, alignment > 128 ? alignment : 128), bytes, name});
    return memory_ + parts_.back().begin;
}

void SharedMemory::check_margins() const {
    for (const Part& part : parts_) {
        const char* end = memory_ + part.begin + part.bytes;
        for (std::size_t i = 0; i < margin; ++i)
            if (static_cast<unsigned char>(end[i]) != untouched)
                fail("some thread of this block wrote %zu bytes past the end of %s (%zu bytes of shared memory)", i,
                     part.name, part.bytes);
    }
}

bool SharedMemory::holds(const void* p, std::size_t bytes) const {
    const char* at = static_cast<const char*>(p);
    return at >= memory_ && at + bytes <= memory_ + dynamic_bytes_;
}

bool SharedMemory::holds_anywhere(const void* p, std::size_t bytes) const {
    const char* at = static_cast<const char*>(p);
    for (const Part& part : parts_)
        if (at >= memory_ + part.begin && at + bytes <= memory_ + part.begin + part.bytes) return true;
    return false;
}

void SharedMemory::separate_async_view(bool separate) {
    async_view_ = nullptr;
    if (!separate || dynamic_bytes_ == 0) return;
    if (own_view_ == nullptr) own_view_ = static_cast<char*>(std::aligned_alloc(1024, round_up(most_bytes, 1024)));
    async_view_ = own_view_;
    std::memset(async_view_, 0xFF, dynamic_bytes_);
}

void SharedMemory::publish() {
    if (async_view_ != nullptr) std::memcpy(async_view_, memory_, dynamic_bytes_);
}

void* dynamic_shared() {
    const Unseen unseen;
    return current->block->shared.dynamic();
}

void* declared_shared(const void* declaration, std::size_t bytes, std::size_t alignment, const char* name) {
    const Unseen unseen;
    return current->block->shared.declared(declaration, bytes, alignment, name);
}

}  // namespace gradus::kernels::emulation
