#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/graph.h"

namespace gradus {

/// When and for whom a transform draws its random numbers.
struct Draw {
    Var step;  // i32 (1): new numbers at each
    std::uint64_t seed = 0;
    int item = 0;          // of the batch: each picture gets the numbers that it gets alone
    bool of_mask = false;  // what is moved is a mask: black beyond the edge
};

/// What a picture must survive on its way into the net: a random change of it, another at each step.
///
/// shapes    (1,H,W,3) -> (1,H,W,3)
struct Transform {
    std::string name = {};
    std::function<Var(Var picture, const Draw&)> apply = {};
};

/// Shifts the picture by up to `reach` pixels along each axis; what leaves on one side comes back on the other. Exact:
/// no pixel is mixed with another. The reach is at most the side of the picture - 1.
/// paper     Mordvintsev, Olah & Tyka 2015, Inceptionism
Transform jitter(int reach);

struct RobustOptions {
    float first_jitter = 8, last_jitter = 4;  // pixels: shifts by up to half of each, before scaling and after; or 0
    std::vector<float> scales = {0.90f, 0.92f, 0.94f, 0.96f, 0.98f, 1.00f, 1.02f, 1.04f, 1.06f, 1.08f, 1.10f};
    int most_degrees = 10;  // turns by a whole number of degrees up to this,
    int upright = 5;        // where 0 counts as so many more
    float fill = 0.5f;      // beyond the edge
};

/// Shift, scale and turn about the center, shift again, folded into one bilinear sampling: what is seen must hold for
/// many views of it, so that single pixels cannot.
/// paper     Olah, Mordvintsev & Schubert 2017, Feature visualization (transformation robustness)
/// throws    for no scale, and for numbers that are negative or not finite
Transform robust(const RobustOptions& options = {});

}  // namespace gradus
