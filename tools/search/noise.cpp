#include "tools/search/noise.h"

#include "engine/plan.h"
#include "ops/random.h"
#include "ops/reshape.h"

namespace gradus {

Tensor whole_number(std::int32_t number) {
    Tensor one(Spec(Shape{1}, DType::i32));
    one.values_to_write<std::int32_t>()[0] = number;
    return one;
}

Tensor normal_noise(const Shape& shape, const std::string& stream, std::uint64_t seed, int item, double mean,
                    double sigma) {
    Graph g;
    Var numbers = random_normal({1, shape.size()},
                                {.stream = stream, .seed = seed, .step = g.leaf(whole_number(0)), .item = item},
                                static_cast<float>(mean), static_cast<float>(sigma));
    return value(reshape(numbers, shape));
}

}  // namespace gradus
