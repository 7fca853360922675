#include "kernels/cuda_on_cpu/warp.h"

namespace gradus::kernels::emulation {

unsigned vote(unsigned mask, bool predicate, const Place& place) {
    struct Operand {
        bool holds;
        unsigned votes;
    } mine{predicate, 0};
    meet_in_warp(mask, &mine, place, [](Collective& c) {
        unsigned votes = 0;
        for (std::size_t i = 0; i < 32; ++i)
            if (c.operands[i] != nullptr && static_cast<Operand*>(c.operands[i])->holds) votes |= 1u << i;
        for (std::size_t i = 0; i < 32; ++i)
            if (c.operands[i] != nullptr) static_cast<Operand*>(c.operands[i])->votes = votes;
        c.operands.fill(nullptr);
    });
    return mine.votes;
}

}  // namespace gradus::kernels::emulation
