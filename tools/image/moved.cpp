#include "tools/image/moved.h"

#include "engine/plan.h"
#include "ops/affine_sample.h"
#include "tools/image/tensor.h"

namespace gradus {

Image moved(const Image& picture, const Motion& motion, Beyond beyond, int threads) {
    Tensor matrix = affine_about_center(picture.height, picture.width, motion.degrees, motion.zoom);
    // What is shown at p is what was at p - (down, right) before the shift.
    const auto m = matrix.values_to_write<float>();
    for (std::size_t row = 0; row < 2; ++row)
        m[3 * row + 2] -= m[3 * row] * motion.down + m[3 * row + 1] * motion.right;
    Graph g;
    const PadMode border = beyond == Beyond::repeated ? PadMode::circular : PadMode::reflect;
    Var made =
        affine_sample(g.leaf(tensor_of(picture)), g.leaf(matrix), picture.height, picture.width, {.border = border});
    return image_of(value(made, {.threads = threads}));
}

}  // namespace gradus
