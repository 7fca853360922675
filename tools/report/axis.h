#pragma once
#include <string>
#include <vector>

namespace gradus {

struct Tick {
    double value = 0;
    std::string label = {};
};

/// A range of numbers along one side of a plot, with round ticks.
struct Axis {
    double low = 0, high = 1;
    bool log = false;
    std::vector<Tick> ticks = {};

    /// Where a value lies: 0 at low, 1 at high.
    double at(double value) const;
};

// Of numbers up to 1e100, and on a logarithmic scale down to 1e-100; some `most` ticks, at most one or two more.

/// From `low` to `high`, with ticks at multiples of 1, 2 or 5 times a power of ten, no closer than `closest`. A range
/// without extent gets some.
Axis exact_axis(double low, double high, int most, double closest = 0);

/// The same, but from tick to tick, so that both ends have one.
Axis round_axis(double low, double high, int most);

/// The same on a logarithmic scale, low > 0: ticks at powers of ten, and at 2 and 5 times those where they are few.
Axis log_axis(double low, double high, int most);

}  // namespace gradus
