#include "ops/numbers.h"

#include "engine/require.h"

namespace gradus {

void require_numbers(const std::string& op, const std::vector<Var>& numbers) {
    require(numbers.size() <= kernels::Numbers::most, "{}: was given {} numbers, expected at most {}", op,
            numbers.size(), kernels::Numbers::most);
    for (const Var v : numbers)
        require(v.shape() == Shape{1} && (v.dtype() == DType::f32 || v.dtype() == DType::f64),
                "{}: was given {}, expected one number, f32 or f64", op, to_string(v.spec()));
}

kernels::Numbers numbers_at(std::span<const View> views) {
    kernels::Numbers numbers;
    for (const View& view : views) {
        numbers.at[numbers.count] = view.data;
        numbers.wide[numbers.count++] = view.spec.dtype == DType::f64;
    }
    return numbers;
}

}  // namespace gradus
