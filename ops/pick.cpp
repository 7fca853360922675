#include "ops/pick.h"

#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/pick.h"
#include "ops/by_output.h"

namespace gradus {
namespace {

struct Attrs {
    Spec x = {};
    std::int64_t pixel = 0, channel = 0;
};

Cost one_value(const Problem& p) { return {.bytes = 2.0 * static_cast<double>(size_of(p.out[0].dtype))}; }

Gradients gradient(const VjpArgs& a) {
    static const auto run = []<class T>(kernels::PickBackward<T>* kernel, const Call& c) {
        const Attrs& at = c.problem.as<Attrs>();
        kernel(pointer<const kernels::Compute<T>>(c.in[0]), pixels<T>(c.out[0]), at.x.shape.pixels(),
               at.x.shape.channels(), at.pixel, at.channel, c.write, c.stream);
    };
    static const auto list = [] {
        std::vector<Candidate> all;
        append_by_output<float>(all, run, CUDA(PickBackward<float>, pick_backward),
                                CPU(PickBackward<float>, pick_backward),
                                REFERENCE_FOR(PickBackward, pick_backward, float));
        append_by_output<bf16>(all, run, CUDA(PickBackward<bf16>, pick_backward),
                               CPU(PickBackward<bf16>, pick_backward),
                               REFERENCE_FOR(PickBackward, pick_backward, bf16));
        append_by_output<double>(all, run, REFERENCE_FOR(PickBackward, pick_backward, double));
        return all;
    }();
    static const Op op{.name = "pick_backward",
                       .infer = [](const Problem& p) -> std::vector<Spec> { return {p.as<Attrs>().x}; },
                       .candidates = list,
                       .cost = per_element(0, 1)};
    return {call(op, {a.dy()}, a.attrs)};
}

}  // namespace

Var pick(Var x, std::vector<int> index) {
    static const auto run = []<class T>(kernels::Pick<T>* kernel, const Call& c) {
        const Attrs& a = c.problem.as<Attrs>();
        kernel(pixels<const T>(c.in[0]), pointer<kernels::Compute<T>>(c.out[0]), a.pixel, a.channel, c.stream);
    };
    static const Op op{
        .name = "pick",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            return {Spec(Shape{1}, p.in[0].dtype == DType::f64 ? DType::f64 : DType::f32)};
        },
        // One value: there is nothing to speed up on the processor.
        .candidates = candidates(run, CUDA(Pick<float>, pick), CUDA(Pick<bf16>, pick), REFERENCE(Pick, pick)),
        .cost = one_value,
        .vjp = gradient};
    const Shape& shape = x.shape();
    require(index.size() == shape.rank(), "pick: was given {} indices, expected one per axis of {}", index.size(),
            to_string(shape));
    std::int64_t at = 0;
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
        require(index[axis] >= 0 && index[axis] < shape[axis], "pick: index {} of axis {} is outside of {}",
                index[axis], axis, to_string(shape));
        at = at * shape[axis] + index[axis];
    }
    return call(op, {x}, Attrs{Spec(shape, x.dtype()), at / shape.channels(), at % shape.channels()});
}

}  // namespace gradus
