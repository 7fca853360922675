#pragma once
#include "kernels/cuda/providers.h"
#include "kernels/numbers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// Why a search has stopped: the values of a latch.
enum class LatchReason : std::int32_t { going_on = 0, reached = 1, not_finite = 2 };

/// y (1) = what is held (1), if that is not 0; else not_finite, if one of the numbers is NaN or infinite; else reached,
/// if there is a score (none or one number) and it is at least `level`; else 0.
using Latch = void(const std::int32_t* held, const Numbers& finite, const Numbers& score, double level, std::int32_t* y,
                   Stream);

namespace reference {
Latch latch;
}
GRADUS_EACH_CUDA(Latch latch;)

}  // namespace gradus::kernels
