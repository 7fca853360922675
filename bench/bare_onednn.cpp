// oneDNN called as a library user would: every kernel and packed filter made beforehand, then 26 calls in a row.
#include "bench/op_alone.h"
#include "bench/work.h"
#include "engine/require.h"
#include "kernels/cpu/onednn.h"

namespace gradus::bench {

#if defined(GRADUS_ONEDNN)

namespace {

using namespace kernels;

struct Pass {
    std::shared_ptr<cpu::OnednnConv2d> kernel;
    Tensor in, b;
    Buffer packed;
};

struct Passes26 {
    std::vector<Pass> list;
    std::size_t out_bytes = 0, scratch_bytes = 0;
    Buffer out, scratch;  // of all passes in turn
};

void add(Passes26& all, const Conv2dLayer& layer, cpu::OnednnPass pass, DType dtype, int threads) {
    const bool forward = pass == cpu::OnednnPass::forward;
    const Conv2dShape shape{.N = 1,
                            .H = layer.side,
                            .W = layer.side,
                            .C = layer.C,
                            .K = layer.K,
                            .R = 3,
                            .S = 3,
                            .P = layer.side,
                            .Q = layer.side,
                            .pad_h = 1,
                            .pad_w = 1};
    auto made = cpu::onednn_conv2d(
        shape, {.pass = pass, .stored_in_bf16 = dtype == DType::bf16, .bias = forward, .threads = threads});
    require(made.kernel != nullptr, "onednn_convs: {}: {}", layer.name, made.why_not);
    Pass p{.kernel = made.kernel,
           .in = noise({1, layer.side, layer.side, forward ? layer.C : layer.K}, dtype),
           .b = forward ? layer.b : Tensor(),
           .packed = Buffer(cpu_device(), cpu::onednn_packed_bytes(*made.kernel))};
    require(cpu::onednn_pack(*p.kernel, layer.w.values<float>().data(), p.packed.data(), cpu_device().stream(threads)),
            "onednn_convs: {}: the filters were not packed", layer.name);
    all.out_bytes =
        std::max(all.out_bytes, Spec({1, layer.side, layer.side, forward ? layer.K : layer.C}, dtype).bytes());
    all.scratch_bytes = std::max(all.scratch_bytes, cpu::onednn_scratch_bytes(*p.kernel));
    all.list.push_back(std::move(p));
}

}  // namespace

Work bare_onednn_convs(DType dtype, int threads) {
    const auto all = std::make_shared<Passes26>();
    for (const auto pass : {cpu::OnednnPass::forward, cpu::OnednnPass::input_grad})
        for (const Conv2dLayer& layer : vgg16_layers()) add(*all, layer, pass, dtype, threads);
    all->out = Buffer(cpu_device(), all->out_bytes);
    all->scratch = Buffer(cpu_device(), all->scratch_bytes);
    return [all, stream = cpu_device().stream(threads)] {
        for (const Pass& p : all->list)
            require(cpu::onednn_run(*p.kernel, p.in.data(), p.packed.data(), p.b ? p.b.values<float>().data() : nullptr,
                                    all->out.data(), static_cast<std::byte*>(all->scratch.data()), stream),
                    "onednn_convs: {} failed", cpu::onednn_implementation(*p.kernel));
    };
}

#else

Work bare_onednn_convs(DType, int) { throw Error("onednn_convs: gradus was built without oneDNN"); }

#endif

}  // namespace gradus::bench
