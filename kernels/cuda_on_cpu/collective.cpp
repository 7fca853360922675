#include "kernels/cuda_on_cpu/collective.h"

namespace gradus::kernels::emulation {

int lanes_expected(std::uint32_t mask) {
    const int in_warp = current->block->threads - (current->number & ~31);
    const std::uint32_t existing = in_warp >= 32 ? 0xffffffffu : (1u << in_warp) - 1;
    return __builtin_popcount(mask & existing);
}

Collective& warp_collective(std::uint32_t mask) {
    if ((mask >> lane() & 1) == 0) fail("lane %d is not in its own mask 0x%08x", lane(), mask);
    Warp& warp = current->block->warps[static_cast<std::size_t>(current->number >> 5)];
    for (const auto& c : warp.by_mask)
        if (c->mask == mask) return *c;
    warp.by_mask.push_back(std::make_unique<Collective>());
    warp.by_mask.back()->mask = mask;
    return *warp.by_mask.back();
}

}  // namespace gradus::kernels::emulation
