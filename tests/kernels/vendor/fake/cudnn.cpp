// cuDNN as gradus calls it, on the host's memory, as plain loops. It offers an algorithm that is not deterministic and
// one that wants too much memory before algorithm 1, the only one that works.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "kernels/bf16.h"
#include "kernels/vendor/cudnn_functions.h"

namespace gradus::kernels::vendor {

struct CudnnHandleBody {};
struct CudnnTensorBody {
    CudnnType type;
    int n, c, h, w;
};
struct CudnnFilterBody {
    CudnnType type;
    int k, c, r, s;
};
struct CudnnConvolutionBody {
    int pad_h, pad_w, stride_h, stride_w, dilation_h, dilation_w, groups;
    CudnnMath math;
};
struct CudnnActivationBody {
    CudnnActivationMode mode;
};

namespace {

constexpr CudnnStatus ok = CudnnStatus::success, bad_parameter{2000}, not_supported{3000};
constexpr std::size_t workspace_bytes = 100;

float load(CudnnType type, const void* at, long i) {
    return type == CudnnType::bf16 ? static_cast<float>(static_cast<const bf16*>(at)[i])
                                   : static_cast<const float*>(at)[i];
}
void store(CudnnType type, void* at, long i, float value) {
    if (type == CudnnType::bf16)
        static_cast<bf16*>(at)[i] = bf16(value);
    else
        static_cast<float*>(at)[i] = value;
}

/// Calls f(index into x, into w, into y) for every product of the convolution.
template <class F>
void each_product(CudnnTensor x, CudnnFilter w, CudnnTensor y, CudnnConvolution z, const F& f) {
    const int per_group = w->k / z->groups;
    for (int n = 0; n < y->n; ++n)
        for (int p = 0; p < y->h; ++p)
            for (int q = 0; q < y->w; ++q)
                for (int k = 0; k < w->k; ++k)
                    for (int r = 0; r < w->r; ++r)
                        for (int s = 0; s < w->s; ++s)
                            for (int c = 0; c < w->c; ++c) {
                                const int h = p * z->stride_h + r * z->dilation_h - z->pad_h;
                                const int v = q * z->stride_w + s * z->dilation_w - z->pad_w;
                                if (h < 0 || v < 0 || h >= x->h || v >= x->w) continue;
                                const int channel = k / per_group * w->c + c;
                                f(((static_cast<long>(n) * x->h + h) * x->w + v) * x->c + channel,
                                  ((static_cast<long>(k) * w->r + r) * w->s + s) * w->c + c,
                                  ((static_cast<long>(n) * y->h + p) * y->w + q) * y->c + k);
                            }
}

/// out = alpha * the sums of `terms`, a function of f(index, term), + beta out
template <class Terms>
void write_sums(CudnnType type, void* out, long size, const void* alpha, const void* beta, const Terms& terms) {
    std::vector<double> sums(static_cast<std::size_t>(size));
    terms([&](long i, float a, float b) { sums[static_cast<std::size_t>(i)] += static_cast<double>(a) * b; });
    for (long i = 0; i < size; ++i) {
        const float kept = *static_cast<const float*>(beta);
        const float before = kept == 0 ? 0 : kept * load(type, out, i);
        store(type, out, i,
              static_cast<float>(*static_cast<const float*>(alpha) * sums[static_cast<std::size_t>(i)]) + before);
    }
}

CudnnStatus may_run(int algorithm, void* workspace, std::size_t bytes) {
    const bool may =
        algorithm == 1 && bytes >= workspace_bytes && reinterpret_cast<std::uintptr_t>(workspace) % 256 == 0;
    return may ? ok : bad_parameter;
}

CudnnStatus give(int asked, int* given, CudnnPerf* perf) {
    const CudnnPerf offers[] = {
        {0, ok, 1, 0, CudnnDeterminism::no, CudnnMath::any, {}},
        {2, ok, 2, std::size_t{2} << 30, CudnnDeterminism::yes, CudnnMath::any, {}},
        {1, ok, 3, workspace_bytes, CudnnDeterminism::yes, CudnnMath::tensor_cores, {}},
    };
    *given = std::min(asked, 3);
    std::copy_n(offers, *given, perf);
    return ok;
}
CudnnStatus give_bytes(int algorithm, std::size_t* bytes) {
    *bytes = algorithm == 2 ? std::size_t{2} << 30 : workspace_bytes;
    return ok;
}

/// Kept until the program ends, as are those of the real one.
template <class T>
CudnnStatus create(T** made) {
    static std::deque<T> all;
    *made = &all.emplace_back();
    return ok;
}

}  // namespace

extern "C" {

std::size_t cudnnGetVersion() { return 91302; }
const char* cudnnGetErrorString(CudnnStatus status) {
    return status == not_supported ? "FAKE_CUDNN_NOT_SUPPORTED" : "FAKE_CUDNN_BAD_PARAMETER";
}
CudnnStatus cudnnCreate(CudnnHandle* handle) { return create(handle); }
CudnnStatus cudnnSetStream(CudnnHandle, void*) { return ok; }
CudnnStatus cudnnCreateTensorDescriptor(CudnnTensor* t) { return create(t); }
CudnnStatus cudnnCreateFilterDescriptor(CudnnFilter* f) { return create(f); }
CudnnStatus cudnnCreateConvolutionDescriptor(CudnnConvolution* c) { return create(c); }
CudnnStatus cudnnCreateActivationDescriptor(CudnnActivation* a) { return create(a); }
CudnnStatus cudnnSetTensor4dDescriptor(CudnnTensor t, CudnnFormat, CudnnType type, int n, int c, int h, int w) {
    *t = {type, n, c, h, w};
    return n > 0 && c > 0 && h > 0 && w > 0 ? ok : bad_parameter;
}
CudnnStatus cudnnSetFilter4dDescriptor(CudnnFilter f, CudnnType type, CudnnFormat, int k, int c, int r, int s) {
    *f = {type, k, c, r, s};
    return ok;
}
CudnnStatus cudnnSetActivationDescriptor(CudnnActivation a, CudnnActivationMode mode, CudnnNan, double) {
    a->mode = mode;
    return ok;
}
CudnnStatus cudnnSetConvolution2dDescriptor(CudnnConvolution c, int pad_h, int pad_w, int stride_h, int stride_w,
                                            int dilation_h, int dilation_w, CudnnMode, CudnnType sums) {
    *c = {pad_h, pad_w, stride_h, stride_w, dilation_h, dilation_w, 1, CudnnMath::any};
    return sums == CudnnType::f32 ? ok : not_supported;
}
CudnnStatus cudnnSetConvolutionMathType(CudnnConvolution c, CudnnMath math) {
    c->math = math;
    return ok;
}
CudnnStatus cudnnSetConvolutionGroupCount(CudnnConvolution c, int groups) {
    c->groups = groups;
    return ok;
}

CudnnStatus cudnnGetConvolutionForwardAlgorithm_v7(CudnnHandle, CudnnTensor, CudnnFilter, CudnnConvolution, CudnnTensor,
                                                   int asked, int* given, CudnnPerf* perf) {
    return give(asked, given, perf);
}
CudnnStatus cudnnGetConvolutionBackwardDataAlgorithm_v7(CudnnHandle, CudnnFilter, CudnnTensor, CudnnConvolution,
                                                        CudnnTensor, int asked, int* given, CudnnPerf* perf) {
    return give(asked, given, perf);
}
CudnnStatus cudnnGetConvolutionBackwardFilterAlgorithm_v7(CudnnHandle, CudnnTensor, CudnnTensor, CudnnConvolution,
                                                          CudnnFilter, int asked, int* given, CudnnPerf* perf) {
    return give(asked, given, perf);
}
CudnnStatus cudnnGetConvolutionForwardWorkspaceSize(CudnnHandle, CudnnTensor, CudnnFilter, CudnnConvolution,
                                                    CudnnTensor, int algorithm, std::size_t* bytes) {
    return give_bytes(algorithm, bytes);
}
CudnnStatus cudnnGetConvolutionBackwardDataWorkspaceSize(CudnnHandle, CudnnFilter, CudnnTensor, CudnnConvolution,
                                                         CudnnTensor, int algorithm, std::size_t* bytes) {
    return give_bytes(algorithm, bytes);
}
CudnnStatus cudnnGetConvolutionBackwardFilterWorkspaceSize(CudnnHandle, CudnnTensor, CudnnTensor, CudnnConvolution,
                                                           CudnnFilter, int algorithm, std::size_t* bytes) {
    return give_bytes(algorithm, bytes);
}

CudnnStatus cudnnConvolutionForward(CudnnHandle, const void* alpha, CudnnTensor xd, const void* x, CudnnFilter wd,
                                    const void* w, CudnnConvolution z, int algorithm, void* workspace,
                                    std::size_t bytes, const void* beta, CudnnTensor yd, void* y) {
    write_sums(yd->type, y, static_cast<long>(yd->n) * yd->c * yd->h * yd->w, alpha, beta, [&](const auto& add) {
        each_product(xd, wd, yd, z,
                     [&](long i, long j, long k) { add(k, load(xd->type, x, i), load(wd->type, w, j)); });
    });
    return may_run(algorithm, workspace, bytes);
}
/// With a ReLU only, so that both ways to add a bias are gone.
CudnnStatus cudnnConvolutionBiasActivationForward(CudnnHandle handle, const void* alpha, CudnnTensor xd, const void* x,
                                                  CudnnFilter wd, const void* w, CudnnConvolution z, int algorithm,
                                                  void* workspace, std::size_t bytes, const void* beta, CudnnTensor,
                                                  const void*, CudnnTensor bd, const void* bias,
                                                  CudnnActivation activation, CudnnTensor yd, void* y) {
    if (activation->mode != CudnnActivationMode::relu) return not_supported;
    const CudnnStatus status =
        cudnnConvolutionForward(handle, alpha, xd, x, wd, w, z, algorithm, workspace, bytes, beta, yd, y);
    for (long i = 0; i < static_cast<long>(yd->n) * yd->c * yd->h * yd->w; ++i)
        store(yd->type, y, i, std::max(0.0f, load(yd->type, y, i) + load(bd->type, bias, i % yd->c)));
    return status;
}
CudnnStatus cudnnConvolutionBackwardData(CudnnHandle, const void* alpha, CudnnFilter wd, const void* w, CudnnTensor yd,
                                         const void* dy, CudnnConvolution z, int algorithm, void* workspace,
                                         std::size_t bytes, const void* beta, CudnnTensor xd, void* dx) {
    write_sums(xd->type, dx, static_cast<long>(xd->n) * xd->c * xd->h * xd->w, alpha, beta, [&](const auto& add) {
        each_product(xd, wd, yd, z,
                     [&](long i, long j, long k) { add(i, load(yd->type, dy, k), load(wd->type, w, j)); });
    });
    return may_run(algorithm, workspace, bytes);
}
CudnnStatus cudnnConvolutionBackwardFilter(CudnnHandle, const void* alpha, CudnnTensor xd, const void* x,
                                           CudnnTensor yd, const void* dy, CudnnConvolution z, int algorithm,
                                           void* workspace, std::size_t bytes, const void* beta, CudnnFilter wd,
                                           void* dw) {
    write_sums(wd->type, dw, static_cast<long>(wd->k) * wd->c * wd->r * wd->s, alpha, beta, [&](const auto& add) {
        each_product(xd, wd, yd, z,
                     [&](long i, long j, long k) { add(j, load(xd->type, x, i), load(yd->type, dy, k)); });
    });
    return may_run(algorithm, workspace, bytes);
}

}  // extern "C"

}  // namespace gradus::kernels::vendor
