#include "ops/random_draw.h"

#include "engine/require.h"

namespace gradus {
namespace {

/// FNV-1a, 64 bits: the same number for the same name everywhere.
std::uint64_t hash_of(const std::string& name) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

}  // namespace

std::uint64_t stream_key(const std::string& stream, std::uint64_t seed) { return seed ^ hash_of(stream); }

kernels::RandomDraw random_draw(const std::string& op, const Shape& shape, const RandomKey& key) {
    require(key.step.graph != nullptr, "{}: was given no step, expected i32 (1)", op);
    require(key.step.dtype() == DType::i32 && key.step.shape() == Shape{1},
            "{}: was given the step {}, expected i32 (1)", op, to_string(key.step.spec()));
    require(shape.rank() > 0 && shape.size() > 0, "{}: was asked for the shape {}, expected some numbers", op,
            to_string(shape));
    const std::int64_t items = shape.rank() == 1 ? 1 : shape[0];
    return {.key = stream_key(key.stream, key.seed),
            .first_item = static_cast<std::uint32_t>(key.item),
            .items = items,
            .size = shape.size() / items};
}

}  // namespace gradus
