#pragma once
#include <benchmark/benchmark.h>

#include "engine/plan.h"

namespace gradus::bench {

/// Runs the plan as often as Google Benchmark wants, after one run that packs the filters, and counts
///
///     GFLOP/s, GB/s   the work that the ops declare (Op::cost), whatever the kernels do
///     peak            the share of the machine's best: the time that the plan would take if every op ran at the
///     measured
///                     rate of f32 multiply-adds or of copying, whichever is slower, over the time it took. Winograd
///                     does fewer multiplications than it is credited with, bf16 has a higher peak: both may pass 1
///     MB              of activations, gradients, scratch, packed filters and leaves
void time_plan(benchmark::State& state, Plan& plan, int threads);

/// The program: context, command line, benchmarks.
int run_benchmarks(int argc, char** argv);

}  // namespace gradus::bench
