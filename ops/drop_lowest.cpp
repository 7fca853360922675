#include "ops/drop_lowest.h"

#include <cmath>

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/drop_lowest.h"
#include "ops/nhwc.h"

namespace gradus {
namespace {

// The percentile lies between the keys of two neighboring ranks, or is one of them. What is below it is, either way,
// what is below the upper of the two: nothing needs to be interpolated, and nothing is rounded.
kernels::DropLowestShape shape_of(const Problem& p) {
    const Shape& x = p.in[0].shape;
    const std::int64_t pixels = x[1] * x[2];
    const double rank = std::ceil(p.as<double>() * static_cast<double>(pixels - 1) / 100);
    return {x[0], pixels, x[3], p.in[1].shape[3], static_cast<std::int64_t>(rank)};
}

std::vector<Spec> infer(const Problem& p) {
    require_nhwc("drop_lowest", p.in[0]);
    const Shape &x = p.in[0].shape, &key = p.in[1].shape;
    require(p.in[0].dtype == p.in[1].dtype && (key == x || key == Shape{x[0], x[1], x[2], 1}),
            "drop_lowest: was given {} with the key {}, expected one of the same type and shape, or with one channel",
            to_string(p.in[0]), to_string(p.in[1]));
    require(x[1] * x[2] > 0, "drop_lowest: was given {}, expected at least one pixel", to_string(p.in[0]));
    const double percent = p.as<double>();
    require(percent >= 0 && percent <= 100, "drop_lowest: was given {} percent, expected 0 to 100", percent);
    return like_first(p);
}

std::vector<Candidate> drops() {
    static const auto run = []<class T>(kernels::DropLowest<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pixels<T>(c.out[0]), shape_of(c.problem), c.scratch,
               c.stream);
    };
    auto list = candidates(run, CUDA(DropLowest<float>, drop_lowest), CUDA(DropLowest<bf16>, drop_lowest),
                           CPU(DropLowest<float>, drop_lowest), CPU(DropLowest<bf16>, drop_lowest),
                           REFERENCE(DropLowest, drop_lowest));
    for (Candidate& c : list)
        if (c.name != "reference")
            c.scratch = [](const Problem& p, void*) { return kernels::drop_lowest_scratch_bytes(shape_of(p)); };
    return list;
}

Cost cost(const Problem& p) {
    const double values = static_cast<double>(p.in[1].shape.size()),
                 pixels = static_cast<double>(p.in[0].shape.pixels());
    return {values, 2.0 * static_cast<double>(p.in[0].bytes()) + static_cast<double>(p.in[1].bytes()) + 20 * pixels};
}

}  // namespace

Var drop_lowest(Var x, Var key, double percent) {
    static const Op op{.name = "drop_lowest", .infer = infer, .candidates = drops(), .cost = cost};
    return call(op, {x, key}, percent);
}

}  // namespace gradus
