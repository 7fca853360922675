#include "tools/techniques/values.h"

#include <algorithm>
#include <functional>

namespace gradus {
namespace {

template <class Function>
Tensor value_by_value(const Tensor& a, const Tensor& b, Function f) {
    Tensor result(a.spec());
    const auto x = a.values<float>(), y = b.values<float>();
    std::transform(x.begin(), x.end(), y.begin(), result.values_to_write<float>().begin(), f);
    return result;
}

}  // namespace

Tensor zeros(const Shape& shape) {
    return Tensor(shape, std::vector<float>(static_cast<std::size_t>(shape.size()), 0.0f));
}

Tensor product(const Tensor& a, const Tensor& b) { return value_by_value(a, b, std::multiplies<float>()); }
Tensor difference(const Tensor& a, const Tensor& b) { return value_by_value(a, b, std::minus<float>()); }

Tensor repeated(const Tensor& picture, int batch) {
    Shape shape = picture.shape();
    shape[0] = batch;
    Tensor all{Spec(shape)};
    const auto from = picture.values<float>();
    const auto to = all.values_to_write<float>();
    for (std::size_t at = 0; at < to.size(); at += from.size())
        std::copy(from.begin(), from.end(), to.begin() + static_cast<std::ptrdiff_t>(at));
    return all;
}

}  // namespace gradus
