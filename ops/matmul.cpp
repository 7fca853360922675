#include "ops/matmul.h"

#include "engine/require.h"
#include "ops/matmul_candidates.h"

namespace gradus {
namespace {

/// Rows and columns of an operand, as it is multiplied.
struct Sides {
    std::int64_t rows, columns;
};
Sides sides(const Shape& shape, bool transpose) {
    const std::int64_t down = shape[shape.rank() - 2], across = shape[shape.rank() - 1];
    return transpose ? Sides{across, down} : Sides{down, across};
}

Products products(const Problem& p) {
    const auto& o = p.as<MatmulOptions>();
    const Sides a = sides(p.in[0].shape, o.transpose_a), b = sides(p.in[1].shape, o.transpose_b);
    return {{.M = a.rows, .N = b.columns, .K = a.columns, .transpose_a = o.transpose_a, .transpose_b = o.transpose_b},
            p.in[0].shape.rank() == 3 ? p.in[0].shape[0] : 1};
}

std::vector<Spec> infer(const Problem& p) {
    const auto& o = p.as<MatmulOptions>();
    const Shape &a = p.in[0].shape, &b = p.in[1].shape;
    require_one_float_type("matmul", p);
    const bool matrices = a.rank() == b.rank() && (a.rank() == 2 || (a.rank() == 3 && a[0] == b[0]));
    require(matrices, "matmul: was given {} and {}, expected two matrices, or two batches of as many",
            to_string(p.in[0]), to_string(p.in[1]));
    const Sides left = sides(a, o.transpose_a), right = sides(b, o.transpose_b);
    require(left.columns == right.rows, "matmul: was given {}{} and {}{}, whose inner extents {} and {} differ",
            to_string(a), o.transpose_a ? " transposed" : "", to_string(b), o.transpose_b ? " transposed" : "",
            left.columns, right.rows);
    Shape y = a;
    y[y.rank() - 2] = left.rows;
    y[y.rank() - 1] = right.columns;
    return {Spec(y, p.in[0].dtype)};
}

// With a' and b' for what is multiplied, y = a' b', the rules are da' = dy b'^T and db' = a'^T dy. Where a' = a^T, da
// is the mirror image of the first, b' dy^T, and likewise for b.
Gradients vjp(const VjpArgs& g) {
    const auto [ta, tb] = g.as<MatmulOptions>();
    const Var a = g.in[0], b = g.in[1];
    Gradients d(2);
    if (g.wanted[0])
        d[0] = ta ? matmul(b, g.dy(), {.transpose_a = tb, .transpose_b = true})
                  : matmul(g.dy(), b, {.transpose_a = false, .transpose_b = !tb});
    if (g.wanted[1])
        d[1] = tb ? matmul(g.dy(), a, {.transpose_a = true, .transpose_b = ta})
                  : matmul(a, g.dy(), {.transpose_a = !ta, .transpose_b = false});
    return d;
}

}  // namespace

Var matmul(Var a, Var b, const MatmulOptions& options) {
    static const Op op{.name = "matmul",
                       .infer = infer,
                       .candidates = matmul_candidates(products),
                       .cost = matmul_cost(products),
                       .vjp = vjp};
    return call(op, {a, b}, options);
}

}  // namespace gradus
