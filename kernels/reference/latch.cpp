#include "kernels/latch.h"

#include <cmath>

namespace gradus::kernels::reference {

void latch(const std::int32_t* held, const Numbers& finite, const Numbers& score, double level, std::int32_t* y,
           Stream) {
    LatchReason now = score.count > 0 && score[0] >= level ? LatchReason::reached : LatchReason::going_on;
    for (std::int64_t i = 0; i < finite.count; ++i)
        if (!std::isfinite(finite[i])) now = LatchReason::not_finite;
    *y = *held != 0 ? *held : static_cast<std::int32_t>(now);
}

}  // namespace gradus::kernels::reference
