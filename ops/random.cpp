#include "ops/random.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "ops/random_draw.h"

namespace gradus {
namespace {

struct RandomAttrs {
    Spec out = {};
    kernels::RandomDraw draw = {};
    double a = 0, b = 0;  // what the distribution is given: its ends, or mean and sigma
};

/// The reference of a kernel that exists for one type only.
#define PLAIN_REFERENCE(signature, function) \
    Entry<kernels::signature> { "reference", DeviceKind::cpu, &kernels::reference::function }

template <class Run, class... Entries>
Op random_op(const char* name, Run run, Entries... entries) {
    Op op{.name = name,
          .infer = [](const Problem& p) -> std::vector<Spec> { return {p.as<RandomAttrs>().out}; },
          .candidates = candidates(run, entries...),
          .cost =
              [](const Problem& p) {
                  const auto n = static_cast<double>(p.out[0].shape.size());
                  return Cost{30 * n, 4 * n};
              }};
    for (Candidate& c : op.candidates) c.strided = false;  // an element's number is its place in memory
    return op;
}

Var draw(const Op& op, Shape shape, DType dtype, const RandomKey& key, double a, double b) {
    const kernels::RandomDraw which = random_draw(op.name, shape, key);
    return call(op, {key.step}, RandomAttrs{Spec(std::move(shape), dtype), which, a, b});
}

// Arguments of a kernel for real numbers; whole ones differ only in their types.
const auto run_real = [](auto* kernel, const Call& c) {
    const RandomAttrs& attrs = c.problem.as<RandomAttrs>();
    kernel(pointer<float>(c.out[0]), pointer<const std::int32_t>(c.in[0]), attrs.draw, static_cast<float>(attrs.a),
           static_cast<float>(attrs.b), c.stream);
};

}  // namespace

Var random_uniform(Shape shape, const RandomKey& key, float lo, float hi) {
    static const Op op = random_op("random_uniform", run_real, CUDA(RandomUniform, random_uniform),
                                   CPU(RandomUniform, random_uniform), PLAIN_REFERENCE(RandomUniform, random_uniform));
    require(lo < hi, "random_uniform: was given {} <= y < {}, expected the lower end first", lo, hi);
    return draw(op, std::move(shape), DType::f32, key, lo, hi);
}

Var random_normal(Shape shape, const RandomKey& key, float mean, float sigma) {
    static const Op op = random_op("random_normal", run_real, CUDA(RandomNormal, random_normal),
                                   CPU(RandomNormal, random_normal), PLAIN_REFERENCE(RandomNormal, random_normal));
    require(sigma >= 0, "random_normal: was given sigma {}, expected 0 or more", sigma);
    return draw(op, std::move(shape), DType::f32, key, mean, sigma);
}

Var random_int(Shape shape, const RandomKey& key, std::int32_t lo, std::int32_t hi) {
    static const auto run = [](kernels::RandomInt* kernel, const Call& c) {
        const RandomAttrs& attrs = c.problem.as<RandomAttrs>();
        kernel(pointer<std::int32_t>(c.out[0]), pointer<const std::int32_t>(c.in[0]), attrs.draw,
               static_cast<std::int32_t>(attrs.a), static_cast<std::uint32_t>(attrs.b - attrs.a), c.stream);
    };
    static const Op op = random_op("random_int", run, CUDA(RandomInt, random_int), CPU(RandomInt, random_int),
                                   PLAIN_REFERENCE(RandomInt, random_int));
    require(lo < hi, "random_int: was given {} <= y < {}, expected the lower end first", lo, hi);
    return draw(op, std::move(shape), DType::i32, key, lo, hi);
}

}  // namespace gradus
