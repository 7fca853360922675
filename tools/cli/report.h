#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "engine/plan.h"

namespace gradus {

/// Where the time of a profiled plan went, by op and kernel, the most expensive first.
std::string profile_by_op(const std::vector<StepReport>& steps);

/// A plan step by step: op, kernel, what it makes, time, rate, share of peak; with `declined`, why better kernels did
/// not serve.
std::string explain_steps(const std::vector<StepReport>& steps, const struct MachinePeak& peak, bool declined);

/// What the machine can do at best with so many threads, measured: multiply-adds, and bytes copied.
struct MachinePeak {
    double flops_per_second = 0, bytes_per_second = 0;
};
MachinePeak measure_peak(int threads);

/// Where the memory of a plan goes, in a line.
std::string memory_line(const MemoryReport& memory);

/// The most memory that this process has had so far, its program and libraries included.
std::size_t peak_resident_bytes();

}  // namespace gradus
