#include "ops/channel_affine.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/channel_affine.h"

namespace gradus {
namespace {

struct Attrs {
    std::vector<float> scale, shift;
    std::vector<int> from;
    std::int64_t channels = 0;  // of x

    std::int64_t K() const { return static_cast<std::int64_t>(from.size()); }
    kernels::ChannelMap map() const { return {scale.data(), shift.data(), from.data(), K()}; }
};

/// The map, its tables in the memory of a device.
struct Tables {
    Buffer memory;
    kernels::ChannelMap map = {};

    Tables(Device& device, const Attrs& attrs) : memory(device, 3 * attrs.from.size() * sizeof(float)) {
        auto* next = static_cast<std::byte*>(memory.data());
        const auto put = [&]<class T>(const std::vector<T>& values) {
            auto* there = reinterpret_cast<T*>(next);
            const std::size_t bytes = values.size() * sizeof(T);
            device.copy_from_host(there, values.data(), bytes);
            next += bytes;
            return there;
        };
        map.scale = put(attrs.scale);
        map.shift = put(attrs.shift);
        map.from = put(attrs.from);
        map.K = attrs.K();
    }
};

/// Kernels of other devices than the processor find the tables there, put down when the plan is made.
std::vector<Candidate> with_tables(std::vector<Candidate> list) {
    for (Candidate& c : list)
        if (c.on != DeviceKind::cpu)
            c.make = [](const Problem& p) { return std::make_shared<Tables>(*p.device, p.as<Attrs>()); };
    return list;
}
kernels::ChannelMap map_of(const Call& c) {
    return c.state ? static_cast<const Tables*>(c.state)->map : c.problem.as<Attrs>().map();
}

Spec with_channels(Spec spec, std::int64_t channels) {
    Shape shape = spec.shape;
    shape[shape.rank() - 1] = channels;
    return {shape, spec.dtype};
}

Cost cost(const Problem& p) {
    Cost cost{.flops = 2.0 * static_cast<double>(p.out[0].shape.pixels() * p.as<Attrs>().K())};
    for (const auto* specs : {&p.in, &p.out})
        cost.bytes += static_cast<double>((*specs)[0].shape.size()) * static_cast<double>(size_of((*specs)[0].dtype));
    return cost;
}

Gradients gradient(const VjpArgs& a) {
    static const auto run = []<class T>(kernels::ChannelAffineBackward<T>* kernel, const Call& c) {
        const Shape& shape = c.out[0].spec.shape;
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), shape.pixels(), shape.channels(), map_of(c), c.write,
               c.stream);
    };
    static const Op op{
        .name = "channel_affine_backward",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {with_channels(p.in[0], p.as<Attrs>().channels)}; },
        .candidates = with_tables(candidates(run, CUDA(ChannelAffineBackward<float>, channel_affine_backward),
                                             CUDA(ChannelAffineBackward<bf16>, channel_affine_backward),
                                             CPU(ChannelAffineBackward<float>, channel_affine_backward),
                                             CPU(ChannelAffineBackward<bf16>, channel_affine_backward),
                                             REFERENCE(ChannelAffineBackward, channel_affine_backward))),
        .cost = cost};
    return {call(op, {a.dy()}, a.attrs)};
}

}  // namespace

Var channel_affine(Var x, std::vector<float> scale, std::vector<float> shift, std::vector<int> from) {
    static const auto run = []<class T>(kernels::ChannelAffine<T>* kernel, const Call& c) {
        kernel(pixels<const T>(c.in[0]), pixels<T>(c.out[0]), c.out[0].spec.shape.pixels(), map_of(c), c.write,
               c.stream);
    };
    static const Op op{
        .name = "channel_affine",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {with_channels(p.in[0], p.as<Attrs>().K())}; },
        .candidates =
            with_tables(candidates(run, CUDA(ChannelAffine<float>, channel_affine),
                                   CUDA(ChannelAffine<bf16>, channel_affine), CPU(ChannelAffine<float>, channel_affine),
                                   CPU(ChannelAffine<bf16>, channel_affine), REFERENCE(ChannelAffine, channel_affine))),
        .cost = cost,
        .vjp = gradient};
    const std::int64_t channels = x.shape().channels();
    require(scale.size() == from.size() && shift.size() == from.size() && !from.empty(),
            "channel_affine: was given {} scales, {} shifts and {} channels, expected as many of each", scale.size(),
            shift.size(), from.size());
    for (const int c : from)
        require(c >= 0 && c < channels, "channel_affine: was asked for channel {} of {}, expected 0 to {}", c,
                to_string(x.shape()), channels - 1);
    return call(op, {x}, Attrs{std::move(scale), std::move(shift), std::move(from), channels});
}

}  // namespace gradus
