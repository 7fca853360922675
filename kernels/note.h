#pragma once
#include "kernels/cuda/providers.h"
#include "kernels/numbers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// table (rows,k): its row at `row` (1) = the k numbers, rounded to f32. A row outside is left out.
using Note = void(float* table, const std::int32_t* row, const Numbers& values, std::int64_t rows, Stream);

namespace reference {
Note note;
}
GRADUS_EACH_CUDA(Note note;)

}  // namespace gradus::kernels
