#include "ops/lbfgs.h"

#include <cmath>

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/normalized_ascent_step.h"
#include "ops/pin.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"

namespace gradus {
namespace {

using kernels::LbfgsShape;

/// Of a call whose first inputs are the history and the picture.
LbfgsShape shape_of(const Problem& p) { return {p.in[0].shape[0] / 2 - 1, p.in[1].shape.size()}; }

/// That history, picture, gradient and, where there are any, coefficients belong together.
void check(const char* op, const Problem& p) {
    const Shape& history = p.in[0].shape;
    require(history.rank() == 2 && history[0] >= 4 && history[0] % 2 == 0 && history[1] == shape_of(p).row() &&
                p.in[0].dtype == p.in[1].dtype,
            "{}: was given the history {} for a picture {}, expected (2 pairs + 2, {}) of the same type", op,
            to_string(p.in[0]), to_string(p.in[1]), shape_of(p).row());
    require(p.in[2].shape == p.in[1].shape && p.in[2].dtype == p.in[1].dtype,
            "{}: was given a gradient {} for a picture {}, expected the same shape and type", op, to_string(p.in[2]),
            to_string(p.in[1]));
    if (p.in.size() < 4) return;
    const Spec wanted(Shape{shape_of(p).coefficients()}, DType::f64);
    require(p.in[3].shape == wanted.shape && p.in[3].dtype == wanted.dtype,
            "{}: was given the coefficients {}, expected {}", op, to_string(p.in[3]), to_string(wanted));
}

/// Of the tensors of the picture's size: flops per value, and values read or written.
std::function<Cost(const Problem&)> per_value(double (*flops)(double pairs), double (*values)(double pairs)) {
    return [=](const Problem& p) {
        const LbfgsShape z = shape_of(p);
        const auto n = static_cast<double>(z.n), m = static_cast<double>(z.pairs);
        return Cost{n * flops(m), n * values(m) * static_cast<double>(size_of(p.in[1].dtype))};
    };
}

}  // namespace

LbfgsState lbfgs_state(const Spec& picture, int pairs) {
    require(pairs >= 1 && pairs <= 100, "lbfgs: was asked for {} pairs, expected 1 to 100", pairs);
    const LbfgsShape z{pairs, picture.shape.size()};
    return {zeros(Spec(Shape{z.vectors(), z.row()}, picture.dtype)), zeros(Spec(Shape{z.memory()}, DType::f64))};
}

Var lbfgs_products(Var history, Var x, Var gradient) {
    static const auto run = []<class T>(kernels::LbfgsProducts<T>* kernel, const Call& c) {
        kernel(pointer<const T>(c.in[0]), pointer<const T>(c.in[1]), pointer<const T>(c.in[2]),
               pointer<double>(c.out[0]), shape_of(c.problem), c.scratch, c.stream);
    };
    static const Op op = [] {
        Op made{.name = "lbfgs_products",
                .infer = [](const Problem& p) -> std::vector<Spec> {
                    check("lbfgs_products", p);
                    return {Spec(Shape{shape_of(p).products()}, DType::f64)};
                },
                .candidates = dense(candidates(run, CUDA(LbfgsProducts<float>, lbfgs_products),
                                               CPU(LbfgsProducts<float>, lbfgs_products),
                                               REFERENCE_FOR(LbfgsProducts, lbfgs_products, float),
                                               REFERENCE_FOR(LbfgsProducts, lbfgs_products, double))),
                .cost = per_value([](double m) { return 8 * m + 9; }, [](double m) { return 2 * m + 4; })};
        for (Candidate& c : made.candidates)
            if (c.name != "reference")
                c.scratch = [](const Problem& p, void*) { return kernels::lbfgs_scratch_bytes(shape_of(p)); };
        return made;
    }();
    return call(op, {history, x, gradient});
}

std::vector<Var> lbfgs_coefficients(Var products, Var memory, LbfgsRule rule, std::optional<Var> of_slope) {
    static const auto pairs = [](const Problem& p) { return (p.in[0].shape.size() - 5) / 4; };
    static const auto run = [](kernels::LbfgsCoefficients* kernel, const Call& c) {
        // The next memory is worked in, so it needs a place even where nobody reads it.
        auto* next = c.out[1].data != nullptr ? pointer<double>(c.out[1]) : reinterpret_cast<double*>(c.scratch);
        kernel(pointer<const double>(c.in[0]), pointer<const double>(c.in[2]), pointer<const double>(c.in[1]),
               pointer<double>(c.out[0]), next, pairs(c.problem), c.problem.as<LbfgsRule>(), c.stream);
    };
    static const Op op = [] {
        Op made{
            .name = "lbfgs_coefficients",
            .infer = [](const Problem& p) -> std::vector<Spec> {
                const LbfgsShape z{pairs(p), 0};
                require(z.pairs > 0 && p.in[0] == Spec(Shape{z.products()}, DType::f64) && p.in[2] == p.in[0] &&
                            p.in[1] == Spec(Shape{z.memory()}, DType::f64),
                        "lbfgs_coefficients: was given {} and {}, expected f64 (4 pairs + 5) and f64 (2 + 2 pairs^2)",
                        to_string(p.in[0]), to_string(p.in[1]));
                return {Spec(Shape{z.coefficients()}, DType::f64), Spec(Shape{z.memory()}, DType::f64)};
            },
            // A few hundred numbers: on the processor the plain loops are the fast ones.
            .candidates = dense(candidates(run, CUDA(LbfgsCoefficients, lbfgs_coefficients),
                                           Entry<kernels::LbfgsCoefficients>{"reference", DeviceKind::cpu,
                                                                             &kernels::reference::lbfgs_coefficients})),
            .cost =
                [](const Problem& p) {
                    const auto m = static_cast<double>(pairs(p));
                    return Cost{6 * m * m, 8 * (5 * m * m + 6 * m + 13)};
                }};
        for (Candidate& c : made.candidates) c.scratch = [](const Problem& p, void*) { return p.out[1].bytes(); };
        return made;
    }();
    return products.graph->call(op, {products, memory, of_slope.value_or(products)}, rule);
}

Var lbfgs_direction(Var history, Var x, Var gradient, Var coefficients) {
    static const auto run = []<class T>(kernels::LbfgsDirection<T>* kernel, const Call& c) {
        kernel(pointer<const T>(c.in[0]), pointer<const T>(c.in[1]), pointer<const T>(c.in[2]),
               pointer<const double>(c.in[3]), pointer<T>(c.out[0]), shape_of(c.problem), c.stream);
    };
    static const Op op{.name = "lbfgs_direction",
                       .infer = [](const Problem& p) -> std::vector<Spec> {
                           check("lbfgs_direction", p);
                           return {Spec(p.in[1].shape, p.in[1].dtype)};
                       },
                       .candidates = dense(candidates(run, CUDA(LbfgsDirection<float>, lbfgs_direction),
                                                      CPU(LbfgsDirection<float>, lbfgs_direction),
                                                      REFERENCE_FOR(LbfgsDirection, lbfgs_direction, float),
                                                      REFERENCE_FOR(LbfgsDirection, lbfgs_direction, double))),
                       .cost = per_value([](double m) { return 4 * m + 8; }, [](double m) { return 2 * m + 5; })};
    return call(op, {history, x, gradient, coefficients});
}

Var lbfgs_push(Var history, Var x, Var gradient, Var coefficients) {
    static const auto run = []<class T>(kernels::LbfgsPush<T>* kernel, const Call& c) {
        kernel(pointer<T>(c.out[0]), pointer<const T>(c.in[1]), pointer<const T>(c.in[2]),
               pointer<const double>(c.in[3]), shape_of(c.problem), c.stream);
    };
    static const Op op{.name = "lbfgs_push",
                       .infer =
                           [](const Problem& p) {
                               check("lbfgs_push", p);
                               return like_first(p);
                           },
                       .candidates = dense(candidates(
                           run, CUDA(LbfgsPush<float>, lbfgs_push), CPU(LbfgsPush<float>, lbfgs_push),
                           REFERENCE_FOR(LbfgsPush, lbfgs_push, float), REFERENCE_FOR(LbfgsPush, lbfgs_push, double))),
                       .cost = per_value([](double) { return 2.0; }, [](double) { return 8.0; }),
                       .kind = OpKind::assign};
    require(history.graph->value(history.id).node < 0,
            "lbfgs_push: was given a history that an op makes, expected a leaf");
    return call(op, {history, x, gradient, coefficients});
}

std::vector<Var> lbfgs_step(Var x, Var gradient, Var rate, const LbfgsState& state, const LbfgsOptions& o) {
    require(state.history && state.memory, "lbfgs_step: was given a state without tensors, expected an lbfgs_state");
    Graph& g = *x.graph;
    const Var history = g.leaf(state.history), memory = g.leaf(state.memory);
    const Var products = lbfgs_products(history, x, gradient);
    const auto direction_of = [&](const std::vector<Var>& c) { return lbfgs_direction(history, x, gradient, c[0]); };
    std::vector<Var> made;
    Var direction = gradient;
    if (std::isfinite(o.box.lo) || std::isfinite(o.box.hi)) {
        // What the held entries add to the direction lies in them, and is taken out again.
        const Var down = scale(gradient, -1);
        made = lbfgs_coefficients(products, memory, o.rule, lbfgs_products(history, x, pin(gradient, x, down, o.box)));
        direction = pin(direction_of(made), x, down, o.box);
        direction = pin(direction, x, direction, o.box);
    } else {
        made = lbfgs_coefficients(products, memory, o.rule);
        direction = direction_of(made);
    }
    if (std::isfinite(o.longest)) {
        const auto number = [&](double value) {
            Tensor t = zeros(Spec(Shape{1}, DType::f64));
            t.values_to_write<double>()[0] = value;
            return g.leaf(t.to(x.dtype()));
        };
        const Var limit = number(o.longest * std::sqrt(static_cast<double>(x.shape().size())));
        const Var length = add(sqrt(sum_squares(direction)), number(1e-30));
        rate = multiply(rate, clip(divide(limit, length), 0, 1));
    }
    // In this order: the history takes x as it is before it moves.
    return {lbfgs_push(history, x, gradient, made[0]), assign(memory, made[1]),
            normalized_ascent_step(x, direction, rate, {.norm = AscentNorm::none, .box = o.box})};
}

}  // namespace gradus
