#include "kernels/vendor/cudnn_conv2d.h"

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <mutex>
#include <tuple>

namespace gradus::kernels::vendor {

struct CudnnConv2d {
    const Cudnn* call = nullptr;
    CudnnHandle handle = nullptr;
    CudnnConv2dOptions options = {};
    CudnnTensor x = nullptr, y = nullptr, bias = nullptr;
    CudnnFilter w = nullptr;
    CudnnConvolution convolution = nullptr;
    CudnnActivation relu = nullptr, identity = nullptr;
    int algorithm = -1;
    std::size_t workspace = 0;
};

namespace {

constexpr std::size_t most_workspace = std::size_t{1} << 30;
constexpr std::size_t line = 256;  // what cuDNN's kernels like their workspace to start on

// Remembers the first call that failed, so that a list of calls reads as one.
class Status {
public:
    explicit Status(const Cudnn& call) : call_(call) {}
    void operator()(CudnnStatus status) {
        if (first_ == CudnnStatus::success) first_ = status;
    }
    bool ok() const { return first_ == CudnnStatus::success; }
    const char* message() const { return ok() ? nullptr : call_.cudnnGetErrorString(first_); }

private:
    const Cudnn& call_;
    CudnnStatus first_ = CudnnStatus::success;
};

// Descriptors are never destroyed: problems are kept until the program ends.
Status describe(CudnnConv2d& c, const Conv2dShape& z) {
    const Cudnn& call = *c.call;
    const auto i = [](std::int64_t n) { return static_cast<int>(n); };
    const CudnnType type = c.options.in_bf16 ? CudnnType::bf16 : CudnnType::f32;
    const CudnnFormat nhwc = CudnnFormat::nhwc;
    Status status(call);
    status(call.cudnnCreateTensorDescriptor(&c.x));
    status(call.cudnnCreateTensorDescriptor(&c.y));
    status(call.cudnnCreateTensorDescriptor(&c.bias));
    status(call.cudnnCreateFilterDescriptor(&c.w));
    status(call.cudnnCreateConvolutionDescriptor(&c.convolution));
    status(call.cudnnCreateActivationDescriptor(&c.relu));
    status(call.cudnnCreateActivationDescriptor(&c.identity));
    if (!status.ok()) return status;
    status(call.cudnnSetTensor4dDescriptor(c.x, nhwc, type, i(z.N), i(z.C), i(z.H), i(z.W)));
    status(call.cudnnSetTensor4dDescriptor(c.y, nhwc, type, i(z.N), i(z.K), i(z.P), i(z.Q)));
    status(call.cudnnSetTensor4dDescriptor(c.bias, nhwc, type, 1, i(z.K), 1, 1));
    status(call.cudnnSetFilter4dDescriptor(c.w, type, nhwc, i(z.K), i(z.C / z.groups), i(z.R), i(z.S)));
    status(call.cudnnSetConvolution2dDescriptor(c.convolution, i(z.pad_h), i(z.pad_w), i(z.stride_h), i(z.stride_w),
                                                i(z.dilation_h), i(z.dilation_w), CudnnMode::cross_correlation,
                                                CudnnType::f32));
    status(call.cudnnSetConvolutionGroupCount(c.convolution, i(z.groups)));
    status(call.cudnnSetConvolutionMathType(c.convolution, c.options.in_bf16 ? CudnnMath::tensor_cores
                                                           : c.options.tf32  ? CudnnMath::any
                                                                             : CudnnMath::f32_only));
    const auto set = [&](CudnnActivation activation, CudnnActivationMode mode) {
        status(call.cudnnSetActivationDescriptor(activation, mode, CudnnNan::not_propagated, 0.0));
    };
    set(c.relu, CudnnActivationMode::relu);
    set(c.identity, CudnnActivationMode::identity);
    return status;
}

/// Calls the first of three for the forward pass, the second for the gradient by the input, the third for that by the
/// filters.
template <class Forward, class InputGrad, class WeightGrad>
auto by_pass(const CudnnConv2d& c, Forward forward, InputGrad input_grad, WeightGrad weight_grad) {
    switch (c.options.pass) {
        case CudnnPass::forward:
            return forward();
        case CudnnPass::input_grad:
            return input_grad();
        default:
            return weight_grad();
    }
}

std::string choose(CudnnConv2d& c) {
    const Cudnn& call = *c.call;
    std::array<CudnnPerf, 6> found = {};  // each direction has at least so many algorithms
    constexpr int asked = static_cast<int>(found.size());
    int given = 0;
    Status status(call);
    status(by_pass(
        c,
        [&] {
            return call.cudnnGetConvolutionForwardAlgorithm_v7(c.handle, c.x, c.w, c.convolution, c.y, asked, &given,
                                                               found.data());
        },
        [&] {
            return call.cudnnGetConvolutionBackwardDataAlgorithm_v7(c.handle, c.w, c.y, c.convolution, c.x, asked,
                                                                    &given, found.data());
        },
        [&] {
            return call.cudnnGetConvolutionBackwardFilterAlgorithm_v7(c.handle, c.x, c.y, c.convolution, c.w, asked,
                                                                      &given, found.data());
        }));
    if (!status.ok()) return std::string("cuDNN says ") + status.message();
    for (int i = 0; i < given; ++i) {
        const CudnnPerf& perf = found[static_cast<std::size_t>(i)];
        if (perf.status != CudnnStatus::success || perf.deterministic != CudnnDeterminism::yes) continue;
        // Strict f32 stays strict, whatever cuDNN would rather do.
        const bool strict = !c.options.in_bf16 && !c.options.tf32;
        if (!strict && call.cudnnSetConvolutionMathType(c.convolution, perf.math) != CudnnStatus::success) continue;
        std::size_t bytes = 0;
        const CudnnStatus sized = by_pass(
            c,
            [&] {
                return call.cudnnGetConvolutionForwardWorkspaceSize(c.handle, c.x, c.w, c.convolution, c.y,
                                                                    perf.algorithm, &bytes);
            },
            [&] {
                return call.cudnnGetConvolutionBackwardDataWorkspaceSize(c.handle, c.w, c.y, c.convolution, c.x,
                                                                         perf.algorithm, &bytes);
            },
            [&] {
                return call.cudnnGetConvolutionBackwardFilterWorkspaceSize(c.handle, c.x, c.y, c.convolution, c.w,
                                                                           perf.algorithm, &bytes);
            });
        if (sized != CudnnStatus::success || bytes > most_workspace) continue;
        c.algorithm = perf.algorithm;
        c.workspace = bytes;
        return {};
    }
    return "cuDNN has no algorithm for it that gives the same bytes at every run";
}

void* aligned(std::byte* scratch) { return scratch + (line - reinterpret_cast<std::uintptr_t>(scratch) % line) % line; }

constexpr float one = 1, zero = 0;
const float* kept(Write write) { return write == Write::accumulate ? &one : &zero; }

}  // namespace

CudnnConv2dMade cudnn_conv2d(const Cudnn& call, CudnnHandle handle, const Conv2dShape& z,
                             const CudnnConv2dOptions& options) {
    auto made = std::make_shared<CudnnConv2d>();
    made->call = &call;
    made->handle = handle;
    made->options = options;
    if (const Status status = describe(*made, z); !status.ok())
        return {nullptr, std::string("cuDNN says ") + status.message()};
    if (std::string why_not = choose(*made); !why_not.empty()) return {nullptr, std::move(why_not)};
    return {made, {}};
}

CudnnConv2dMade cudnn_conv2d(void* stream, const Conv2dShape& z, const CudnnConv2dOptions& options) {
    using Sizes = std::array<std::int64_t, sizeof(Conv2dShape) / sizeof(std::int64_t)>;
    static std::mutex mutex;
    static auto& all = *new std::map<std::tuple<void*, CudnnConv2dOptions, Sizes>, CudnnConv2dMade>;
    std::string why_not;
    const CudnnHandle handle = cudnn_handle(stream, why_not);
    if (!handle) return {nullptr, why_not};
    const std::lock_guard lock(mutex);
    CudnnConv2dMade& made = all[{stream, options, std::bit_cast<Sizes>(z)}];
    if (!made.kernel && made.why_not.empty()) made = cudnn_conv2d(cudnn().call, handle, z, options);
    return made;
}

std::size_t cudnn_scratch_bytes(const CudnnConv2d& c) { return c.workspace == 0 ? 0 : c.workspace + line; }

const char* cudnn_run(const CudnnConv2d& c, const void* first, const void* second, void* out, Write write,
                      std::byte* scratch) {
    const Cudnn& call = *c.call;
    void* const workspace = aligned(scratch);
    Status status(call);
    status(by_pass(
        c,
        [&] {
            return call.cudnnConvolutionForward(c.handle, &one, c.x, first, c.w, second, c.convolution, c.algorithm,
                                                workspace, c.workspace, kept(write), c.y, out);
        },
        [&] {
            return call.cudnnConvolutionBackwardData(c.handle, &one, c.w, second, c.y, first, c.convolution,
                                                     c.algorithm, workspace, c.workspace, kept(write), c.x, out);
        },
        [&] {
            return call.cudnnConvolutionBackwardFilter(c.handle, &one, c.x, first, c.y, second, c.convolution,
                                                       c.algorithm, workspace, c.workspace, kept(write), c.w, out);
        }));
    return status.message();
}

const char* cudnn_run_fused(const CudnnConv2d& c, const void* x, const void* w, const void* bias, bool relu, void* y,
                            std::byte* scratch) {
    Status status(*c.call);
    status(c.call->cudnnConvolutionBiasActivationForward(c.handle, &one, c.x, x, c.w, w, c.convolution, c.algorithm,
                                                         aligned(scratch), c.workspace, &zero, c.y, y, c.bias, bias,
                                                         relu ? c.relu : c.identity, c.y, y));
    return status.message();
}

}  // namespace gradus::kernels::vendor
