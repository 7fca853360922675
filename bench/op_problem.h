#pragma once
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "bench/device_timer.h"
#include "engine/plan.h"

namespace gradus::bench {

/// One piece of work on a device, as bench/gpu asks for it, ready to run again and again.
struct OpProblem {
    std::function<void()> run;
    std::string kernels;  // by which it runs: "cuda.tiled"
    Cost cost;            // that the ops declare
};

/// Makes it of, for example,
///
///     {"op": "conv2d", "pass": "gradient", "precision": "tf32",
///      "x": [1, 56, 56, 256], "w": [256, 256, 3, 3], "stride": 1, "pad": 1}
///
/// op         copy, scale, add, sum_squares, momentum_step, adam_step, normalized_ascent_step, lrn, gram, conv2d with a
///            bias, max_pool2d (size, stride, pad); or dream: a whole step of `gradus dream` with seeded weights on a
///            picture of the shape x
/// pass       forward (the default) or gradient, by x
/// precision  f32, tf32 or bf16; activations are stored in bf16 or f32
///
/// throws     where a word is unknown, no kernel of the device takes it, or the device does not know the precision
OpProblem op_problem(const nlohmann::json& request, Device& device, int threads, DeviceTimer& timer);

}  // namespace gradus::bench
