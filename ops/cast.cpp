#include "ops/cast.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/cast.h"

namespace gradus {
namespace {

bool is_float(DType dtype) { return dtype == DType::f32 || dtype == DType::bf16 || dtype == DType::f64; }

template <class From, class To>
Candidate conversion(const char* name, kernels::Cast<From, To>* kernel) {
    static const auto run = [](kernels::Cast<From, To>* convert, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        convert(pixels<const From>(c.in[0]), pixels<To>(c.out[0]), shape.pixels(), shape.channels(), c.write, c.stream);
    };
    Candidate c = candidate(run, Entry<kernels::Cast<From, To>>{name, DeviceKind::cpu, kernel});
    c.declines = [](const Problem& p) {
        const std::string from = wrong_storage<From>(p);
        return !from.empty() ? from : wrong_storage<To>({.in = {}, .out = p.out});
    };
    return c;
}

template <class From, class To>
Candidate reference() {
    return conversion<From, To>("reference", &kernels::reference::cast<From, To>);
}

using Narrow = kernels::Cast<float, bf16>;
using Widen = kernels::Cast<bf16, float>;

}  // namespace

Var cast(Var x, DType dtype) {
    static const Op op{
        .name = "cast",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {Spec(p.in[0].shape, p.as<DType>())}; },
        .candidates = {conversion<float, bf16>("cpu", GRADUS_PICK(Narrow, cast)),
                       conversion<bf16, float>("cpu", GRADUS_PICK(Widen, cast)), reference<float, bf16>(),
                       reference<bf16, float>(), reference<float, double>(), reference<double, float>(),
                       reference<bf16, double>(), reference<double, bf16>()},
        .cost =
            [](const Problem& p) {
                const auto n = static_cast<double>(p.out[0].shape.size());
                return Cost{n, n * static_cast<double>(size_of(p.in[0].dtype) + size_of(p.out[0].dtype))};
            },
        .vjp = [](const VjpArgs& a) -> Gradients { return {cast(a.dy(), a.in[0].dtype())}; }};
    require(is_float(x.dtype()) && is_float(dtype), "cast: was asked to turn {} into {}, expected f32, bf16 or f64",
            to_string(x.dtype()), to_string(dtype));
    return x.dtype() == dtype ? x : call(op, {x}, dtype);
}

}  // namespace gradus
