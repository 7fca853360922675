#pragma once

namespace gradus {

/// A pair of sizes, down and across. One number stands for both.
struct Extent {
    int h = 0, w = 0;

    Extent() = default;
    Extent(int both) : h(both), w(both) {}
    Extent(int down, int across) : h(down), w(across) {}
    bool operator==(const Extent&) const = default;
};

}  // namespace gradus
