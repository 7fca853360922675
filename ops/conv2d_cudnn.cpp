// cuDNN's convolutions as candidates: what ours are measured against and checked with. Empty lists where gradus is
// built without CUDA.
#include "engine/candidates.h"
#include "engine/require.h"
#include "ops/conv2d_shape.h"

#if GRADUS_HAVE_CUDA
#include "kernels/cast.h"
#include "kernels/copy.h"
#include "kernels/relu.h"
#include "kernels/vendor/cudnn_conv2d.h"
#endif

namespace gradus {

#if GRADUS_HAVE_CUDA

namespace {

namespace cuda = kernels::cuda;
namespace vendor = kernels::vendor;
using vendor::CudnnConv2d;
using vendor::CudnnPass;

bool in_bf16(const Problem& p) { return p.in[0].dtype == DType::bf16; }
const CudnnConv2d& kernel_of(const void* state) { return *static_cast<const CudnnConv2d*>(state); }

vendor::CudnnConv2dMade made(const Problem& p, CudnnPass pass) {
    // Asking for the stream also makes the GPU the current one, for which cuDNN then starts.
    return vendor::cudnn_conv2d(p.device->stream(p.threads).native, conv2d_shape(p),
                                {.pass = pass, .in_bf16 = in_bf16(p), .tf32 = p.tf32});
}

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

/// The scratch memory behind cuDNN's own: the bias in bf16, or the gradient as cuDNN writes it.
std::byte* own_scratch(const Call& c) { return c.scratch + aligned(vendor::cudnn_scratch_bytes(kernel_of(c.state))); }
std::size_t own_scratch_bytes(const Problem& p, CudnnPass pass) {
    if (pass == CudnnPass::weight_grad) return static_cast<std::size_t>(p.out[0].shape.size()) * size_of(p.in[0].dtype);
    return pass == CudnnPass::forward && p.in.size() > 2 ? p.in[2].bytes() : 0;
}

void require_ran(const char* error, const Call& c) {
    require(error == nullptr, "conv2d: cuDNN failed at {}: {}", to_string(c.problem.in[0]), error ? error : "");
}

/// The bias in the type of the activations.
const void* bias(const Call& c) {
    if (!in_bf16(c.problem)) return c.in[2].data;
    auto* rounded = reinterpret_cast<bf16*>(own_scratch(c));
    const std::int64_t K = c.in[2].spec.shape.size();
    cuda::cast({pointer<const float>(c.in[2]), K}, {rounded, K}, 1, K, Write::overwrite, c.stream);
    return rounded;
}

void forward(const Call& c) {
    const CudnnConv2d& kernel = kernel_of(c.state);
    const View &x = c.in[0], &w = c.in[1], &y = c.out[0];
    const bool ends_in_relu = has(c.problem.fused, Fusion::relu);
    Write write = Write::overwrite;
    if (c.in.size() > 2) {
        const void* b = bias(c);
        if (!vendor::cudnn_run_fused(kernel, x.data, w.data, b, ends_in_relu, y.data, c.scratch)) return;
        // Where cuDNN has no fused kernel the bias fills every pixel first, and the convolution is added to it.
        const auto row = y.spec.shape.channels() * static_cast<std::int64_t>(size_of(y.spec.dtype));
        cuda::copy(static_cast<const std::byte*>(b), 0, pointer<std::byte>(y), row, y.spec.shape.pixels(), row,
                   c.stream);
        write = Write::accumulate;
    }
    require_ran(vendor::cudnn_run(kernel, x.data, w.data, y.data, write, c.scratch), c);
    if (!ends_in_relu) return;
    const std::int64_t pixels = y.spec.shape.pixels(), channels = y.spec.shape.channels();
    if (in_bf16(c.problem))
        cuda::relu(gradus::pixels<const bf16>(y), gradus::pixels<bf16>(y), pixels, channels, c.stream);
    else
        cuda::relu(gradus::pixels<const float>(y), gradus::pixels<float>(y), pixels, channels, c.stream);
}

void input_grad(const Call& c) {
    require_ran(vendor::cudnn_run(kernel_of(c.state), c.in[0].data, c.in[1].data, c.out[0].data, c.write, c.scratch),
                c);
}

void weight_grad(const Call& c) {
    std::byte* const krsc = own_scratch(c);
    require_ran(vendor::cudnn_run(kernel_of(c.state), c.in[0].data, c.in[1].data, krsc, Write::overwrite, c.scratch),
                c);
    const kernels::Conv2dShape z = conv2d_shape(c.problem);
    if (in_bf16(c.problem))
        cuda::conv2d_krsc_unpack(reinterpret_cast<const bf16*>(krsc), pointer<float>(c.out[0]), z, c.write, c.stream);
    else
        cuda::conv2d_krsc_unpack(reinterpret_cast<const float*>(krsc), pointer<float>(c.out[0]), z, c.write, c.stream);
}

/// Filters in cuDNN's order, for the two passes that read them.
Packing packing() {
    return {
        .input = 1,
        .key = [](const Problem& p, void*) { return std::string("krsc ") + to_string(p.in[0].dtype); },
        .bytes = [](const Problem& p,
                    void*) { return static_cast<std::size_t>(p.in[1].shape.size()) * size_of(p.in[0].dtype); },
        .run =
            [](const Problem& p, void*, const void* from, void* to, Stream stream) {
                (in_bf16(p) ? cuda::conv2d_krsc_pack_bf16 : cuda::conv2d_krsc_pack)(static_cast<const float*>(from), to,
                                                                                    conv2d_shape(p), stream);
            },
    };
}

std::vector<Candidate> candidate_of(CudnnPass pass, void (*run)(const Call&)) {
    Candidate c;
    c.name = "vendor.cudnn";
    c.on = DeviceKind::cuda;
    c.run = run;
    c.declines = [pass](const Problem& p) -> std::string {
        if (p.in[0].dtype != DType::f32 && p.in[0].dtype != DType::bf16)
            return std::string("takes f32 or bf16, was given ") + to_string(p.in[0].dtype);
        return made(p, pass).why_not;
    };
    c.accumulates = pass != CudnnPass::forward;  // where the bias may have to come first
    c.strided = false;
    c.fuses = pass == CudnnPass::forward ? Fusion::relu : Fusion::none;
    c.make = [pass](const Problem& p) -> std::shared_ptr<void> {
        vendor::CudnnConv2dMade ready = made(p, pass);
        require(ready.kernel != nullptr, "conv2d: cuDNN took {} and then did not: {}", to_string(p.in[0]),
                ready.why_not);
        return std::const_pointer_cast<CudnnConv2d>(ready.kernel);
    };
    c.scratch = [pass](const Problem& p, void* state) {
        return aligned(vendor::cudnn_scratch_bytes(kernel_of(state))) + own_scratch_bytes(p, pass);
    };
    if (pass != CudnnPass::weight_grad) c.packing = packing();
    return {c};
}

}  // namespace

std::vector<Candidate> conv2d_cudnn_forward() { return candidate_of(CudnnPass::forward, forward); }
std::vector<Candidate> conv2d_cudnn_input_grad() { return candidate_of(CudnnPass::input_grad, input_grad); }
std::vector<Candidate> conv2d_cudnn_weight_grad() { return candidate_of(CudnnPass::weight_grad, weight_grad); }

#else

std::vector<Candidate> conv2d_cudnn_forward() { return {}; }
std::vector<Candidate> conv2d_cudnn_input_grad() { return {}; }
std::vector<Candidate> conv2d_cudnn_weight_grad() { return {}; }

#endif

}  // namespace gradus
