#pragma once
// The threads that could run now: a ring, from which the schedule takes the first, the last or any one.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gradus::kernels::emulation {

struct Thread;

class Ready {
public:
    /// Room for so many threads; none is ready.
    void reset(std::size_t threads) {
        std::size_t room = 1;
        while (room < threads) room *= 2;
        if (ring_.size() < room) ring_.resize(room);
        first_ = size_ = 0;
    }
    std::size_t size() const { return size_; }
    void push_last(Thread* t) { at(size_++) = t; }
    void push_first(Thread* t) {
        --first_;
        ++size_;
        at(0) = t;
    }
    Thread* take_first() {
        Thread* t = at(0);
        ++first_;
        --size_;
        return t;
    }
    Thread* take_last() { return at(--size_); }
    Thread* take(std::size_t i) {
        std::swap(at(0), at(i));
        return take_first();
    }

private:
    Thread*& at(std::size_t i) { return ring_[(first_ + i) & (ring_.size() - 1)]; }

    std::vector<Thread*> ring_ = std::vector<Thread*>(1);
    std::size_t first_ = 0, size_ = 0;
};

}  // namespace gradus::kernels::emulation
