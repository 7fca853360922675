#include "kernels/cuda/launch.cuh"
#include "kernels/note.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

// One thread per number, at most a warp of them: bound by the launch.
__global__ void note_kernel(float* table, const std::int32_t* row, Numbers values, std::int64_t rows) {
    const std::int64_t at = *row, i = threadIdx.x;
    if (at >= 0 && at < rows && i < values.count) table[at * values.count + i] = static_cast<float>(values[i]);
}

}  // namespace

void note(float* table, const std::int32_t* row, const Numbers& values, std::int64_t rows, Stream stream) {
    launch(note_kernel, {.blocks = 1, .threads = Numbers::most}, stream, table, row, values, rows);
}

}  // namespace gradus::kernels::GRADUS_CUDA
