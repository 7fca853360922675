#include "ops/affine_matrix.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/affine_matrix.h"
#include "ops/optimizer_step.h"

namespace gradus {

Var affine_matrix(Var degrees, Var zoom, Var shift, int height, int width, int out_height, int out_width) {
    static const auto run = [](kernels::AffineMatrices* kernel, const Call& c) {
        auto shape = c.problem.as<kernels::AffineMatrixShape>();
        shape.N = c.out[0].spec.shape[0];
        kernel(pointer<const float>(c.in[0]), pointer<const float>(c.in[1]), pointer<const float>(c.in[2]),
               pointer<float>(c.out[0]), shape, c.stream);
    };
    static const Op op{
        .name = "affine_matrix",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const Spec &turned = p.in[0], &zoomed = p.in[1], &moved = p.in[2];
            require(turned.shape.rank() == 1 && turned.dtype == DType::f32,
                    "affine_matrix: was given the degrees {}, expected f32 (N)", to_string(turned));
            const std::int64_t n = turned.shape[0];
            require(zoomed == turned, "affine_matrix: was given the zoom {}, expected f32 ({}), one for each angle",
                    to_string(zoomed), n);
            require(moved.shape == Shape{n, 2} && moved.dtype == DType::f32,
                    "affine_matrix: was given the shift {}, expected f32 ({}, 2), one for each angle", to_string(moved),
                    n);
            return {Spec(Shape{n, 2, 3}, DType::f32)};
        },
        // A handful of matrices: on the processor the plain loop is the fast one.
        .candidates = dense(candidates(
            run, CUDA(AffineMatrices, affine_matrix),
            Entry<kernels::AffineMatrices>{"reference", DeviceKind::cpu, &kernels::reference::affine_matrix})),
        .cost =
            [](const Problem& p) {
                const auto n = static_cast<double>(p.out[0].shape[0]);
                return Cost{20 * n, 40 * n};
            }};
    require(height > 0 && width > 0 && out_height > 0 && out_width > 0,
            "affine_matrix: was asked for {} x {} of {} x {}, expected at least one pixel", out_height, out_width,
            height, width);
    return call(op, {degrees, zoom, shift}, kernels::AffineMatrixShape{0, height, width, out_height, out_width});
}

}  // namespace gradus
