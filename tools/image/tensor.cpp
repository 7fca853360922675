#include "tools/image/tensor.h"

#include <algorithm>

#include "engine/require.h"

namespace gradus {

Tensor tensor_of(const Image& image) { return Tensor(Shape{1, image.height, image.width, 3}, image.rgb); }

Image image_of(const Tensor& picture) {
    const Shape& shape = picture.shape();
    require(shape.rank() == 4 && shape[0] == 1 && shape[3] == 3, "picture: values have shape {}, expected (1, H, W, 3)",
            to_string(shape));
    Image image;
    image.height = static_cast<int>(shape[1]);
    image.width = static_cast<int>(shape[2]);
    for (const float v : picture.values<float>()) image.rgb.push_back(std::clamp(v, 0.0f, 1.0f));
    return image;
}

}  // namespace gradus
