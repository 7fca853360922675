#pragma once
// Which thread runs next.
#include "kernels/cuda_on_cpu/block.h"

namespace gradus::kernels::emulation {

/// Runs all threads of the cluster, which are ready and have not begun, until all have ended.
void run_threads(Cluster&);

/// Lets others run until somebody wakes this thread. `place` is what a report of a deadlock says of it.
void wait(const Place& place);
void wake(std::vector<Thread*>& waiting);

/// Lets others run, and comes back: for waits that look again. Many in vain are a deadlock.
void wait_a_little(const Place& place);

/// In a random schedule, sometimes lets others run: called where threads meet without waiting.
void maybe_let_others_run(const char* what);

}  // namespace gradus::kernels::emulation
