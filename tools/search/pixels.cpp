#include "ops/reshape.h"
#include "tools/image/tensor.h"
#include "tools/search/noise.h"
#include "tools/search/parametrization.h"

namespace gradus {

Parametrization pixels_as_they_are(const PixelOptions& o) {
    return {
        .name = "pixels",
        .shape =
            [](int height, int width) {
                return Shape{1, height, width, 3};
            },
        .box = o.boxed ? kernels::Box{0, 1} : kernels::Box{},
        .picture = [](Var numbers, int, int) { return numbers; },
        .noise =
            [o](int height, int width, std::uint64_t seed, int item) {
                Tensor numbers = normal_noise({1, height, width, 3}, "pixels", seed, item, 0, o.noise);
                const auto values = numbers.values_to_write<float>();
                for (std::size_t i = 0; i < values.size(); ++i) values[i] += static_cast<float>(o.middle[i % 3]);
                return numbers;
            },
        .encode = [](const Image& image) { return tensor_of(image); },
    };
}

}  // namespace gradus
