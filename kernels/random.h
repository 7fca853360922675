#pragma once
#include <cstdint>

#include "kernels/cpu/isa.h"
#include "kernels/cuda/providers.h"
#include "kernels/stream.h"

namespace gradus::kernels {

/// Which numbers a kernel draws: element e of item n is a function of the key, the step, the item's number `first_item`
/// + n and e, whatever the tiles and the threads. Philox is called once for four elements, with the counter {e / 4, (e
/// / 4) >> 32, item, step}; element e takes word e % 4.
struct RandomDraw {
    std::uint64_t key = 0;
    std::uint32_t first_item = 0;
    std::int64_t items = 1, size = 0;  // `size` elements each
};

/// y (items, size), each lo <= y < hi but for rounding; `step` points to one number.
using RandomUniform = void(float* y, const std::int32_t* step, const RandomDraw&, float lo, float hi, Stream);

/// y (items, size), normally distributed.
using RandomNormal = void(float* y, const std::int32_t* step, const RandomDraw&, float mean, float sigma, Stream);

/// y (items, size), each lo <= y < lo + count.
using RandomInt = void(std::int32_t* y, const std::int32_t* step, const RandomDraw&, std::int32_t lo,
                       std::uint32_t count, Stream);

namespace reference {
RandomUniform random_uniform;
RandomNormal random_normal;
RandomInt random_int;
}  // namespace reference

namespace cpu {
GRADUS_EACH_ISA(                   //
    RandomUniform random_uniform;  //
    RandomNormal random_normal;    //
    RandomInt random_int;)
}  // namespace cpu

GRADUS_EACH_CUDA(RandomUniform random_uniform; RandomNormal random_normal; RandomInt random_int;)

}  // namespace gradus::kernels
