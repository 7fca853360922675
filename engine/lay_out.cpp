#include <algorithm>

#include "engine/schedule.h"

namespace gradus {
namespace {

struct Block {
    std::size_t bytes = 0;
    int from = 0, to = 0;            // steps, both included
    std::size_t* address = nullptr;  // where the answer goes
};

constexpr std::size_t line = 64;  // a cache line, the widest vector, and what the GPU's copies want

}  // namespace

// Largest first, each at the lowest address where it meets no block that lives at the same time. Placing by size rather
// than by time leaves few holes: the long-lived big activations stack up, and everything else fits around them.
void lay_out(Schedule& schedule) {
    std::vector<Block> blocks;
    for (int v = 0; v < static_cast<int>(schedule.values.size()); ++v) {
        PlannedValue& value = schedule.value(v);
        if (value.is_leaf() || value.link != Link::none) continue;
        const Lifetime life = lifetime(schedule, v);
        if (life.to < 0) continue;
        blocks.push_back({value.spec.bytes(), life.from, life.to, &value.address});
    }
    for (int i = 0; i < static_cast<int>(schedule.steps.size()); ++i)
        if (schedule.step(i).scratch_bytes > 0)
            blocks.push_back({schedule.step(i).scratch_bytes, i, i, &schedule.step(i).scratch_address});

    std::stable_sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) { return a.bytes > b.bytes; });
    std::vector<const Block*> placed;
    for (const Block& block : blocks) {
        std::vector<const Block*> neighbors;
        for (const Block* other : placed)
            if (other->from <= block.to && block.from <= other->to) neighbors.push_back(other);
        std::sort(neighbors.begin(), neighbors.end(), [](auto* a, auto* b) { return *a->address < *b->address; });
        std::size_t address = 0;
        for (const Block* other : neighbors) {
            if (address + block.bytes <= *other->address) break;
            address = std::max(address, (*other->address + other->bytes + line - 1) / line * line);
        }
        *block.address = address;
        schedule.arena_bytes = std::max(schedule.arena_bytes, address + block.bytes);
        placed.push_back(&block);
    }
}

}  // namespace gradus
