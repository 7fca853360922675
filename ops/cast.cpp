#include "ops/cast.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "kernels/cast.h"

namespace gradus {
namespace {

bool is_float(DType dtype) { return dtype == DType::f32 || dtype == DType::bf16 || dtype == DType::f64; }

/// The candidates of one pair of types.
template <class From, class To, class... Entries>
void append(std::vector<Candidate>& list, Entries... entries) {
    static const auto run = [](kernels::Cast<From, To>* convert, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        convert(pixels<const From>(c.in[0]), pixels<To>(c.out[0]), shape.pixels(), shape.channels(), c.write, c.stream);
    };
    const Entry<kernels::Cast<From, To>> reference{"reference", DeviceKind::cpu, &kernels::reference::cast<From, To>};
    for (Candidate& c : candidates(run, entries..., reference)) {
        c.declines = [](const Problem& p) {
            const std::string from = wrong_storage<From>(p);
            return !from.empty() ? from : wrong_storage<To>({.in = {}, .out = p.out});
        };
        list.push_back(std::move(c));
    }
}

std::vector<Candidate> conversions() {
    std::vector<Candidate> list;
    append<float, bf16>(list, CUDA(CastToBf16, cast), CPU(CastToBf16, cast));
    append<bf16, float>(list, CUDA(CastToF32, cast), CPU(CastToF32, cast));
    append<float, double>(list);
    append<double, float>(list);
    append<bf16, double>(list);
    append<double, bf16>(list);
    return list;
}

}  // namespace

Var cast(Var x, DType dtype) {
    static const Op op{
        .name = "cast",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {Spec(p.in[0].shape, p.as<DType>())}; },
        .candidates = conversions(),
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
