#include "ops/real_dft.h"

#include <cmath>
#include <numbers>

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/real_dft.h"

namespace gradus {
namespace {

struct Attrs {
    int axis = 0;
    bool inverse = false;
};

kernels::RealDftShape shape_of(const Problem& p) {
    const auto [axis, inverse] = p.as<Attrs>();
    const Shape& x = p.in[0].shape;
    kernels::RealDftShape s{1, x[axis], 1, inverse};
    for (int i = 0; i < static_cast<int>(x.rank()); ++i)
        if (i != axis) (i < axis ? s.outer : s.inner) *= x[i];
    return s;
}

/// The waves, a row each, (n,n).
Tensor wave_matrix(int n) {
    std::vector<float> rows;
    for (const auto& [periods, sine] : real_dft_waves(n)) {
        const bool alone =
            periods == 0 || 2 * periods == n;  // the constant, and the one that turns its sign each point
        for (int i = 0; i < n; ++i) {
            const double angle = 2 * std::numbers::pi * (static_cast<std::int64_t>(periods) * i % n) / n;
            rows.push_back(
                static_cast<float>(std::sqrt((alone ? 1.0 : 2.0) / n) * (sine ? std::sin(angle) : std::cos(angle))));
        }
    }
    return Tensor(Shape{n, n}, rows);
}

std::vector<Candidate> transforms() {
    static const auto run = []<class T>(kernels::RealDft<T>* kernel, const Call& c) {
        kernel(pointer<const T>(c.in[0]), pointer<const float>(c.in[1]), pointer<T>(c.out[0]), shape_of(c.problem),
               c.write, c.scratch, c.stream);
    };
    auto list = candidates(run, CUDA(RealDft<float>, real_dft), CPU(RealDft<float>, real_dft),
                           REFERENCE_FOR(RealDft, real_dft, float), REFERENCE_FOR(RealDft, real_dft, double));
    for (Candidate& c : list) {
        c.strided = false;
        if (c.name != "cpu") continue;
        c.in_place = {0};  // all of a vector of columns is read before any of it is written
        c.scratch = [](const Problem& p, void*) {
            return kernels::cpu::real_dft_scratch_bytes(shape_of(p), p.threads);
        };
    }
    return list;
}

Cost cost(const Problem& p) {
    const kernels::RealDftShape s = shape_of(p);
    const double each = 2.0 * static_cast<double>(kernels::real_dft_symmetries(s.n).waves[0].count);
    return {each * static_cast<double>(p.in[0].shape.size()),
            2.0 * static_cast<double>(p.in[0].bytes()) + static_cast<double>(p.in[1].bytes())};
}

Var transform(Var x, Var waves, Attrs how) {
    static const Op op{
        .name = "real_dft",
        .infer = like_first,
        .candidates = transforms(),
        .cost = cost,
        .vjp = [](const VjpArgs& a) -> Gradients {
            const auto [axis, inverse] = a.as<Attrs>();
            return {transform(a.dy(), a.in[1], Attrs{axis, !inverse}), std::nullopt};
        },
    };
    return call(op, {x, waves}, how);
}

Var transform(Var x, Attrs how) {
    const Shape& shape = x.shape();
    require((x.dtype() == DType::f32 || x.dtype() == DType::f64) && shape.rank() > 0 && shape.size() > 0,
            "real_dft: was given {}, expected f32, at least one axis, and at least one point", to_string(x.spec()));
    const int axes = static_cast<int>(shape.rank());
    require(how.axis >= 0 && how.axis < axes, "real_dft: was given axis {} of {}, expected 0 to {}", how.axis,
            to_string(shape), axes - 1);
    require(shape[how.axis] <= 16384, "real_dft: was given {} points, expected at most 16384", shape[how.axis]);
    return transform(x, x.graph->leaf(wave_matrix(static_cast<int>(shape[how.axis]))), how);
}

}  // namespace

std::vector<Wave> real_dft_waves(int n) {
    std::vector<Wave> all;
    for (int periods = 0; 2 * periods <= n; periods += 2) all.push_back({periods, false});
    for (int periods = 1; 2 * periods <= n; periods += 2) all.push_back({periods, false});
    for (int periods = 1; 2 * periods < n; periods += 2) all.push_back({periods, true});
    for (int periods = 2; 2 * periods < n; periods += 2) all.push_back({periods, true});
    return all;
}

Var real_dft(Var x, int axis) { return transform(x, Attrs{axis, false}); }
Var inverse_real_dft(Var x, int axis) { return transform(x, Attrs{axis, true}); }

}  // namespace gradus
