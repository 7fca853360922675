#include "tools/search/mask.h"

#include "engine/in_quotes.h"
#include "engine/plan.h"
#include "engine/require.h"
#include "ops/resize.h"
#include "tools/image/tensor.h"

namespace gradus {

Tensor mask_for(const Image& mask, const Shape& shape, DType dtype) {
    Graph g;
    const Tensor small = value(
        resize(g.leaf(tensor_of(mask)), static_cast<int>(shape[1]), static_cast<int>(shape[2]), ResizeKind::antialias),
        {.threads = 1});
    const auto rgb = small.values<float>();
    Tensor result{Spec(shape)};
    const auto to = result.values_to_write<float>();
    const auto channels = static_cast<std::size_t>(shape.channels());
    for (std::size_t i = 0; i < to.size(); ++i) {
        const std::size_t pixel = i / channels * 3;
        to[i] = (rgb[pixel] + rgb[pixel + 1] + rgb[pixel + 2]) / 3;
    }
    return result.to(dtype);
}

std::optional<Image> opaque_part(const Image& picture, const std::optional<Image>& mask) {
    if (!picture.alpha) return mask;
    Image part{.width = picture.width, .height = picture.height, .rgb = {}};
    for (std::size_t i = 0; i < picture.rgb.size(); ++i)
        part.rgb.push_back((*picture.alpha)[i / 3] * (mask ? mask->rgb[i] : 1.0f));
    return part;
}

Image load_mask(const std::string& file, int width, int height, const std::string& of_what) {
    Image mask = load_image(file);
    require((width == 0 && height == 0) || (mask.width == width && mask.height == height),
            "{}: found a mask of {}x{}, expected {}x{}, the size of {}", in_quotes(file), mask.width, mask.height,
            width, height, in_quotes(of_what));
    if (mask.alpha)
        for (std::size_t i = 0; i < mask.rgb.size(); ++i) mask.rgb[i] *= (*mask.alpha)[i / 3];
    mask.alpha = {};
    return mask;
}

}  // namespace gradus
