// The CUDA convolutions on the CPU against the reference, on what the op's own cases do not reach: every size of tile,
// channel slices of wider tensors, and all parts of the epilogue at once.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/conv2d.h"
#include "kernels/cuda_on_cpu/emulation.h"
#include "tests/env.h"
#include "tests/kernels/emulated_tensor.h"

namespace {

using namespace gradus;
using namespace gradus::kernels;
namespace on_cpu = kernels::cuda_on_cpu;

/// The same values in memory of the emulated device and in f64.
template <class T>
struct Values {
    Values(std::int64_t size, unsigned seed)
        : there(static_cast<T*>(emulation::allocate(static_cast<std::size_t>(size) * sizeof(T)))) {
        std::mt19937 rng(seed);
        for (std::int64_t i = 0; i < size; ++i) {
            there[i] = T(static_cast<float>(rng() >> 8) * 0x1p-23f - 1.0f);
            exact.push_back(static_cast<double>(static_cast<float>(there[i])));
        }
    }
    Values(const Values&) = delete;
    Values& operator=(const Values&) = delete;
    ~Values() { emulation::deallocate(there); }

    double error() const {
        double error = 0, norm = 0;
        for (std::size_t i = 0; i < exact.size(); ++i) {
            const double d = static_cast<double>(static_cast<float>(there[i])) - exact[i];
            error += d * d;
            norm += exact[i] * exact[i];
        }
        return std::isnan(error) ? HUGE_VAL : std::sqrt(error / norm);
    }

    T* there;
    std::vector<double> exact;
};

struct Scratch {
    explicit Scratch(std::size_t bytes) : data(static_cast<std::byte*>(emulation::allocate(bytes))) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { emulation::deallocate(data); }
    std::byte* data;
};

Conv2dShape shape(std::int64_t H, std::int64_t W, std::int64_t C, std::int64_t K, std::int64_t taps,
                  std::int64_t stride = 1, std::int64_t pad = 0) {
    return {.N = 1,
            .H = H,
            .W = W,
            .C = C,
            .K = K,
            .R = taps,
            .S = taps,
            .P = (H + 2 * pad - taps) / stride + 1,
            .Q = (W + 2 * pad - taps) / stride + 1,
            .stride_h = stride,
            .stride_w = stride,
            .pad_h = pad,
            .pad_w = pad};
}

/// A convolution and its gradients by every kernel that takes it, `more` channels in both tensors that are not its own.
/// `all`: with bias, ReLU, mask, and on top of what is there.
template <class T>
struct Check {
    Conv2dShape z;
    std::int64_t more;
    bool all;
    std::int64_t x_stride = z.C + more, y_stride = z.K + more;
    Stream stream = {nullptr, 2};
    int kernels = 0;

    Write write() const { return all ? Write::accumulate : Write::overwrite; }
    double allowed(double length) const { return sizeof(T) == 2 ? 1e-2 : std::max(5e-7, 3e-8 * std::sqrt(length)); }
    std::int64_t x_size() const { return z.N * z.H * z.W * x_stride; }
    std::int64_t y_size() const { return z.N * z.P * z.Q * y_stride; }
    template <class U>
    Epilogue<U> epilogue(const U* mask, std::int64_t stride) const {
        return {.relu = all, .mask = {all ? mask : nullptr, stride}};
    }

    void forward(const char* name, Conv2d<T>* kernel, Conv2dDeclines* declines, Conv2dScratchBytes* scratch) {
        if (declines && declines(z)) return;
        CAPTURE(name);
        const Values<T> x(x_size(), 1), mask(y_size(), 3);
        Values<T> y(y_size(), 2);
        const Values<float> w(z.K * z.C * z.R * z.S, 4), bias(z.K, 5);
        reference::conv2d<double>({x.exact.data(), x_stride}, w.exact.data(), all ? bias.exact.data() : nullptr,
                                  {y.exact.data(), y_stride}, z, epilogue(mask.exact.data(), y_stride), write(),
                                  nullptr, stream);
        const Scratch packed(on_cpu::conv2d_pack_bytes(z)), sums(scratch ? scratch(z, 1) : 0);
        on_cpu::conv2d_pack(w.there, packed.data, z, stream);
        kernel({x.there, x_stride}, declines ? static_cast<const void*>(packed.data) : w.there,
               all ? bias.there : nullptr, {y.there, y_stride}, z, epilogue<T>(mask.there, y_stride), write(),
               sums.data, stream);
        CHECK(y.error() <= allowed(static_cast<double>(z.R * z.S * z.C)));
        ++kernels;
    }
    void input_grad(const char* name, Conv2dInputGrad<T>* kernel, Conv2dDeclines* declines,
                    Conv2dScratchBytes* scratch) {
        if (declines && declines(z)) return;
        CAPTURE(name);
        const Values<T> dy(y_size(), 1), mask(x_size(), 3);
        Values<T> dx(x_size(), 2);
        const Values<float> w(z.K * z.C * z.R * z.S, 4);
        reference::conv2d_input_grad<double>({dy.exact.data(), y_stride}, w.exact.data(), {dx.exact.data(), x_stride},
                                             z, epilogue(mask.exact.data(), x_stride), write(), nullptr, stream);
        const Scratch packed(on_cpu::conv2d_pack_input_grad_bytes(z)), sums(scratch ? scratch(z, 1) : 0);
        on_cpu::conv2d_pack_input_grad(w.there, packed.data, z, stream);
        kernel({dy.there, y_stride}, declines ? static_cast<const void*>(packed.data) : w.there, {dx.there, x_stride},
               z, epilogue<T>(mask.there, x_stride), write(), sums.data, stream);
        CHECK(dx.error() <= allowed(static_cast<double>(z.R * z.S * z.K)));
        ++kernels;
    }
    void weight_grad(const char* name, Conv2dWeightGrad<T>* kernel, Conv2dScratchBytes* scratch) {
        CAPTURE(name);
        const Values<T> x(x_size(), 1), dy(y_size(), 2);
        Values<float> dw(z.K * z.C * z.R * z.S, 3);
        reference::conv2d_weight_grad<double>({x.exact.data(), x_stride}, {dy.exact.data(), y_stride}, dw.exact.data(),
                                              z, write(), nullptr, stream);
        const Scratch sums(scratch ? scratch(z, 1) : 0);
        kernel({x.there, x_stride}, {dy.there, y_stride}, dw.there, z, write(), sums.data, stream);
        CHECK(dw.error() <= std::max(5e-7, 3e-8 * std::sqrt(static_cast<double>(z.N * z.P * z.Q))));
        ++kernels;
    }
    int run() {
        forward("tiled", on_cpu::conv2d_tiled, on_cpu::conv2d_tiled_declines, on_cpu::conv2d_tiled_scratch_bytes);
        forward("few channels", on_cpu::conv2d_few_channels, on_cpu::conv2d_few_channels_declines, nullptr);
        forward("plain", on_cpu::conv2d_plain, nullptr, nullptr);
        input_grad("tiled", on_cpu::conv2d_tiled_input_grad, on_cpu::conv2d_tiled_input_grad_declines,
                   on_cpu::conv2d_tiled_input_grad_scratch_bytes);
        input_grad("gather", on_cpu::conv2d_gather_input_grad, on_cpu::conv2d_gather_input_grad_declines, nullptr);
        input_grad("plain", on_cpu::conv2d_plain_input_grad, nullptr, nullptr);
        weight_grad("tiled", on_cpu::conv2d_tiled_weight_grad, on_cpu::conv2d_tiled_weight_grad_scratch_bytes);
        weight_grad("plain", on_cpu::conv2d_plain_weight_grad, nullptr);
        return kernels;
    }
};

/// Dense and plain; a slice with everything; a slice that is nowhere aligned.
int check(const Conv2dShape& z) {
    CAPTURE(z.H);
    CAPTURE(z.W);
    CAPTURE(z.C);
    CAPTURE(z.K);
    CAPTURE(z.R);
    return Check<float>{z, 0, false}.run() + Check<float>{z, 4, true}.run() + Check<float>{z, 1, true}.run() +
           Check<bf16>{z, 0, false}.run() + Check<bf16>{z, 4, true}.run();
}

}  // namespace

TEST_SUITE("CUDA on the CPU: conv2d") {
    TEST_CASE("tiles of every size, and the depth in parts") {
        CHECK(Check<float>{shape(130, 130, 4, 128, 1), 4, true}.run() == 8);  // 133 tiles of 128x128
        CHECK(Check<float>{shape(131, 131, 4, 64, 1), 0, false}.run() == 8);  // of 128x64
        CHECK(Check<bf16>{shape(150, 150, 2, 17, 1), 1, true}.run() == 8);    // of 128x32
        const Conv2dShape small = shape(14, 14, 64, 72, 3, 1, 1);
        CHECK(on_cpu::conv2d_tiled_scratch_bytes(small, 1) > 0);  // partial sums
        check(small);
    }
    TEST_CASE("wider than a block, with strides and padding") {
        check(shape(9, 300, 3, 68, 7, 2, 3));
        check(shape(4, 140, 4, 72, 3, 1, 1));
        check(shape(16, 140, 12, 20, 3, 2, 1));
        check(shape(3, 3, 8, 16, 3, 1, 4));  // more padding than the window has
    }
    TEST_CASE("in any order of threads") {
        test::in_every_order([](int) { CHECK(check(shape(14, 14, 16, 20, 3, 1, 1)) == 5 * 6); });
    }
}
