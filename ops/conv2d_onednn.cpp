// oneDNN's convolutions as candidates. Empty lists where gradus is built without it. Its weight gradient is not among
// them: it sums in an order that depends on the number of threads, and is slower than ours where there are many
// channels (docs/ops/conv2d.md).
#include "engine/candidates.h"
#include "engine/require.h"
#include "ops/conv2d_shape.h"

#if GRADUS_ONEDNN
#include "kernels/cpu/onednn.h"
#endif

namespace gradus {

#if GRADUS_ONEDNN

namespace {

namespace cpu = kernels::cpu;
using cpu::OnednnConv2d;
using cpu::OnednnPass;

cpu::OnednnConv2dMade make(const Problem& p, OnednnPass pass) {
    return cpu::onednn_conv2d(conv2d_shape(p), {.pass = pass,
                                                .stored_in_bf16 = p.in[0].dtype == DType::bf16,
                                                .bias = pass == OnednnPass::forward && p.in.size() > 2,
                                                .relu = has(p.fused, Fusion::relu),
                                                .write = p.write,
                                                .threads = p.threads});
}

const OnednnConv2d& kernel_of(const void* state) { return *static_cast<const OnednnConv2d*>(state); }

void run(const Call& c, OnednnPass pass) {
    const bool bias = pass == OnednnPass::forward && c.in.size() > 2;
    const bool ran =
        cpu::onednn_run(kernel_of(c.state), c.in[0].data, c.in[1].data, bias ? pointer<const float>(c.in[2]) : nullptr,
                        c.out[0].data, c.scratch, c.stream);
    require(ran, "conv2d: oneDNN failed at {} {}", to_string(c.problem.in[0]),
            cpu::onednn_implementation(kernel_of(c.state)));
}

/// What oneDNN 2.6 has and gets wrong.
std::string wrong(const Problem& p, OnednnPass pass, const OnednnConv2d& kernel) {
    const bool pairs = cpu::onednn_implementation(kernel).rfind("jit_bf16_1x1", 0) == 0;
    return pass == OnednnPass::input_grad && pairs && conv2d_shape(p).K % 2 != 0
               ? "sums channels in pairs, wrongly where their number is odd"
               : "";
}

std::string declines_native_bf16(const Problem& p, OnednnPass pass) {
    if (p.in[0].dtype != DType::bf16) return "bf16 comes first here";
    const cpu::OnednnConv2dMade made = make(p, pass);
    if (!made.kernel) return made.why_not;
    if (std::string why = wrong(p, pass, *made.kernel); !why.empty()) return why;
    const std::string& name = cpu::onednn_implementation(*made.kernel);
    // "jit_bf16:avx512_core" would only imitate bf16.
    if (name.find("amx") != std::string::npos) return "";
    if (name.find("core_bf16") == std::string::npos) return "this processor has no instructions for bf16";
    const auto declines =
        pass == OnednnPass::forward ? cpu::conv2d_bf16_products_decline : cpu::conv2d_bf16_products_input_grad_decline;
    const char* reason = declines(conv2d_shape(p));
    return reason ? reason : "";
}

std::vector<Candidate> candidates_of(OnednnPass pass, OnednnTakes takes) {
    Candidate c;
    c.name = "cpu.onednn";
    c.run = [pass](const Call& call) { run(call, pass); };
    c.declines = [pass, takes](const Problem& p) -> std::string {
        if (!cpu::onednn_is_sound()) return "oneDNN is older than 2.6, and not always right";
        if (conv2d_shape(p).groups != 1) return "sums groups in an order that depends on the number of threads";
        if (takes == OnednnTakes::native_bf16) return declines_native_bf16(p, pass);
        if (p.in[0].dtype != DType::f32 && p.in[0].dtype != DType::bf16)
            return std::string("takes f32 or bf16, was given ") + to_string(p.in[0].dtype);
        const cpu::OnednnConv2dMade made = make(p, pass);
        return made.kernel ? wrong(p, pass, *made.kernel) : made.why_not;
    };
    c.strided = false;
    c.fuses = pass == OnednnPass::forward ? Fusion::relu : Fusion::none;
    c.make = [pass](const Problem& p) -> std::shared_ptr<void> {
        cpu::OnednnConv2dMade made = make(p, pass);
        require(made.kernel != nullptr, "conv2d: oneDNN took {} and then did not: {}", to_string(p.in[0]),
                made.why_not);
        return made.kernel;
    };
    c.scratch = [](const Problem&, void* state) { return cpu::onednn_scratch_bytes(kernel_of(state)); };
    c.packing = Packing{
        .input = 1,
        .key = [](const Problem&, void* state) { return "cpu.onednn " + cpu::onednn_packed_form(kernel_of(state)); },
        .bytes = [](const Problem&, void* state) { return cpu::onednn_packed_bytes(kernel_of(state)); },
        .run =
            [](const Problem&, void* state, const void* from, void* to, Stream stream) {
                require(cpu::onednn_pack(kernel_of(state), static_cast<const float*>(from), to, stream),
                        "conv2d: oneDNN failed at packing");
            },
    };
    return {c};
}

}  // namespace

std::vector<Candidate> conv2d_onednn_forward(OnednnTakes takes) { return candidates_of(OnednnPass::forward, takes); }
std::vector<Candidate> conv2d_onednn_input_grad(OnednnTakes takes) {
    return candidates_of(OnednnPass::input_grad, takes);
}

#else

std::vector<Candidate> conv2d_onednn_forward(OnednnTakes) { return {}; }
std::vector<Candidate> conv2d_onednn_input_grad(OnednnTakes) { return {}; }

#endif

}  // namespace gradus
