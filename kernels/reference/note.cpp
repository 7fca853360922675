#include "kernels/note.h"

namespace gradus::kernels::reference {

void note(float* table, const std::int32_t* row, const Numbers& values, std::int64_t rows, Stream) {
    if (*row < 0 || *row >= rows) return;
    for (std::int64_t i = 0; i < values.count; ++i) table[*row * values.count + i] = static_cast<float>(values[i]);
}

}  // namespace gradus::kernels::reference
