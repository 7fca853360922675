#pragma once
#include <cstdint>
#include <string>

#include "engine/graph.h"

namespace gradus {

/// Which random numbers an op draws. Every one of them is a function of the stream's name, the seed, the step, the item
/// of the batch and its own coordinates inside the item, and of nothing else: not of its place in the graph, of the
/// batch it is drawn with, of tiles, threads or the machine. An array of rank 1 is one item; of others, the first axis
/// counts the items. Item n of a batch is numbered `item` + n, so picture k of a batch gets the numbers that it gets
/// alone with `item` = k.
struct RandomKey {
    std::string stream;  // what the numbers are for: "jitter", "start"
    std::uint64_t seed = 0;
    Var step;      // i32 (1): read at each run, so that one plan draws new numbers each step
    int item = 0;  // the number of the first item
};

/// The key of a stream's bits: what a seed and the name make of each other. For who draws the numbers below without a
/// graph, by kernels/philox.h.
std::uint64_t stream_key(const std::string& stream, std::uint64_t seed);

/// Numbers evenly distributed over lo <= y < hi, in steps of (hi - lo) / 2^24, rounded to f32 (which may make hi of the
/// last).
///
/// shapes    -> y of the given shape, f32
/// gradient  none
/// cost      10 rounds of Philox per 4 numbers: about 30 flops and 4 bytes each
/// throws    when step is not i32 (1), or lo >= hi
/// paper     Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3
Var random_uniform(Shape shape, const RandomKey& key, float lo = 0, float hi = 1);

/// Normally distributed numbers, by pairs from two uniform ones; none is farther than 6.7 sigma from the mean.
///
/// shapes    -> y of the given shape, f32
/// gradient  none
/// cost      about 60 flops and 4 bytes each
/// throws    when step is not i32 (1), or sigma < 0
/// paper     Box & Muller 1958, A note on the generation of random normal deviates
Var random_normal(Shape shape, const RandomKey& key, float mean = 0, float sigma = 1);

/// Whole numbers lo <= y < hi: 32 random bits times hi - lo, divided by 2^32. Each comes up 2^32 / (hi - lo) times out
/// of 2^32, rounded up or down: for ranges below 2^16 no number is more than 2^-16 of its share too frequent.
///
/// shapes    -> y of the given shape, i32
/// gradient  none
/// cost      about 30 flops and 4 bytes each
/// throws    when step is not i32 (1), or lo >= hi
/// paper     Lemire 2019, Fast random integer generation in an interval
Var random_int(Shape shape, const RandomKey& key, std::int32_t lo, std::int32_t hi);

}  // namespace gradus
