#pragma once
// How F^T F is cut into blocks: square tiles on and below the diagonal, and parts of the pixels.
#include "kernels/cuda/depth_parts.cuh"
#include "kernels/gram.h"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

struct GramCut {
    int width = 64;  // of a tile
    std::int64_t tiles = 1;
    DepthParts parts = {};
};

inline GramCut gram_cut_into(int width, const GramShape& s) {
    const std::int64_t side = (s.channels + width - 1) / width, tiles = side * (side + 1) / 2;
    return {width, tiles, depth_parts(s.pictures * tiles, s.pixels, 256)};
}

// Wide tiles do more with what they read; narrow ones lose less above the diagonal, which counts where tiles are few.
inline GramCut gram_cut(const GramShape& s) {
    const GramCut wide = gram_cut_into(128, s);
    return s.channels > 128 && s.pictures * wide.tiles * wide.parts.count >= 132 ? wide : gram_cut_into(64, s);
}

}  // namespace
}  // namespace gradus::kernels::GRADUS_CUDA
