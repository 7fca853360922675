#include "nets/preprocess.h"

#include "engine/require.h"
#include "ops/arithmetic.h"
#include "ops/cast.h"
#include "ops/channel_affine.h"
#include "ops/conv2d.h"
#include "ops/pointwise.h"
#include "ops/reshape.h"

namespace gradus {
namespace {

constexpr float white = 255;

/// The brightness of RGB by ITU-R BT.601, as a 1x1 convolution.
Var gray(Var rgb) {
    const Tensor parts({1, 3, 1, 1}, {0.299f, 0.587f, 0.114f});
    return conv2d(rgb, rgb.graph->leaf(parts.to(rgb.dtype())));
}

/// x minus a picture that is the same for the whole batch.
Var subtract_picture(Var x, const Tensor& mean) {
    const Shape shape = x.shape();
    const std::int64_t values = shape.size() / shape[0];
    const Var row = reshape(x.graph->leaf(mean, "mean"), {values});
    return reshape(subtract(reshape(x, {shape[0], values}), row), shape);
}

}  // namespace

Var preprocess(Var picture, const NetTable& table, const Weights& weights, DType activations) {
    const Preprocessing& p = table.input;
    const bool sees_gray = p.from.size() == 1;
    const Shape shape = picture.shape();  // a copy: recording moves the graph's values
    require(shape.rank() == 4 && (shape[3] == 3 || (sees_gray && shape[3] == 1)),
            "{}: found a picture of shape {}, expected (N, H, W, {})", table.name, to_string(shape),
            sees_gray ? "1 or 3" : "3");

    const DType exact = activations == DType::f64 ? DType::f64 : DType::f32;
    Var x = cast(picture, exact);
    if (sees_gray && shape[3] == 3) x = gray(x);
    std::vector<float> factors(p.from.size(), white), shifts;
    for (const float mean : p.mean) shifts.push_back(-mean);
    if (p.mean_picture.empty()) {
        for (float& f : factors) f *= p.factor;
        for (float& s : shifts) s *= p.factor;
        return cast(channel_affine(x, factors, shifts, p.from), activations);
    }
    require(shape[1] == p.size && shape[2] == p.size, "{}: found a picture of {} x {}, expected {} x {}", table.name,
            shape[2], shape[1], p.size, p.size);
    const Tensor mean = weights.tensor(p.mean_picture, {1, 1, p.size, p.size}, exact);
    x = subtract_picture(channel_affine(x, factors, shifts, p.from), mean);
    return cast(scale(x, p.factor), activations);
}

}  // namespace gradus
