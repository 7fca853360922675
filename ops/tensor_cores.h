#pragma once
#include "engine/op.h"

namespace gradus {

/// Adds a CUDA candidate's reasons to decline where it multiplies on tensor cores: GPUs older than compute capability
/// 8.0, and f32, whose factors it rounds to TF32, unless the plan allows that.
Candidate on_tensor_cores(Candidate candidate);

/// And where it uses TMA and wgmma: all GPUs but those of compute capability 9.0.
Candidate by_wgmma(Candidate candidate);

}  // namespace gradus
