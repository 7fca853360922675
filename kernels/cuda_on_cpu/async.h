#pragma once
// Work that a thread starts, bundles into groups and waits for: cp.async, TMA stores, wgmma. Schedule says whether it
// is done at once or at the last legal moment.
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace gradus::kernels::emulation {

struct Thread;

/// Work that is not in a group yet, and groups from the oldest to the newest.
template <class Work>
struct Groups {
    std::vector<Work> open;
    std::vector<std::vector<Work>> closed;

    void commit() {
        closed.push_back(std::move(open));
        open.clear();
    }
    /// Finishes all but the newest `keep` groups.
    template <class F>
    void wait(std::size_t keep, const F& finish) {
        while (closed.size() > keep) {
            for (Work& w : closed.front()) finish(w);
            closed.erase(closed.begin());
        }
    }
    bool empty() const {
        if (!open.empty()) return false;
        for (const auto& group : closed)
            if (!group.empty()) return false;
        return true;
    }
};

/// 16 bytes that cp.async moves; zeros where there is no source.
struct AsyncCopy {
    void* to;
    const void* from;
};

/// A TMA store: it reads shared memory, then writes.
struct TmaStore {
    enum State { issued, read, written };

    std::function<void(std::vector<char>&)> reads;
    std::function<void(const std::vector<char>&)> writes;
    std::vector<char> data = {};
    State state = issued;

    void advance(State to) {
        if (state < read && to >= read) reads(data);
        if (state < written && to >= written) writes(data);
        if (to > state) state = to;
    }
};

/// Fails where a thread ended with work that it never waited for.
void check_ended(Thread&);

// The instructions, see kernels/cuda/ptx.
void cp_async16(void* to, const void* from, bool there = true);
void cp_async_commit();
void wait_for_copies(std::size_t keep);
template <int keep>
void cp_async_wait() {
    wait_for_copies(keep);
}

}  // namespace gradus::kernels::emulation
