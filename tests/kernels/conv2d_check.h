#pragma once
// A convolution and its gradients by one CUDA kernel on the CPU, against the reference in f64.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/conv2d.h"
#include "kernels/cuda_on_cpu/emulation.h"
#include "tests/env.h"
#include "tests/kernels/emulated_tensor.h"

namespace gradus::test {

namespace on_cpu = kernels::cuda_on_cpu;
namespace emulation = kernels::emulation;
using namespace kernels;

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

inline Conv2dShape shape(std::int64_t H, std::int64_t W, std::int64_t C, std::int64_t K, std::int64_t taps,
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

/// A kernel with what it needs besides.
template <class Fn>
struct Conv2dKernel {
    const char* name;
    Fn* run;
    Conv2dDeclines* declines = nullptr;
    Conv2dScratchBytes* scratch = nullptr;
    Conv2dPack* pack = nullptr;  // null: it reads the filters as they are
    Conv2dPackedBytes* packed_bytes = nullptr;
};

/// A convolution or a gradient by one kernel, `more` channels in both tensors that are not its own. `all`: with bias,
/// ReLU, mask, and on top of what is there. All return how far the result is from the reference's.
template <class T>
struct Conv2dRun {
    Conv2dShape z;
    std::int64_t more;
    bool all;
    std::int64_t x_stride = z.C + more, y_stride = z.K + more;
    Stream stream = {nullptr, 2};

    Write write() const { return all ? Write::accumulate : Write::overwrite; }
    std::int64_t x_size() const { return z.N * z.H * z.W * x_stride; }
    std::int64_t y_size() const { return z.N * z.P * z.Q * y_stride; }
    template <class U>
    Epilogue<U> epilogue(const U* mask, std::int64_t stride) const {
        return {.relu = all, .mask = {all ? mask : nullptr, stride}};
    }
    template <class Fn>
    const void* packed(const Conv2dKernel<Fn>& k, const float* w, const Scratch& memory) const {
        if (!k.pack) return w;
        k.pack(w, memory.data, z, stream);
        return memory.data;
    }

    double forward(const Conv2dKernel<Conv2d<T>>& k) const {
        const Values<T> x(x_size(), 1), mask(y_size(), 3);
        Values<T> y(y_size(), 2);
        const Values<float> w(z.K * z.C * z.R * z.S, 4), bias(z.K, 5);
        reference::conv2d<double>({x.exact.data(), x_stride}, w.exact.data(), all ? bias.exact.data() : nullptr,
                                  {y.exact.data(), y_stride}, z, epilogue(mask.exact.data(), y_stride), write(),
                                  nullptr, stream);
        const Scratch form(k.pack ? k.packed_bytes(z) : 0), sums(k.scratch ? k.scratch(z, 1) : 0);
        k.run({x.there, x_stride}, packed(k, w.there, form), all ? bias.there : nullptr, {y.there, y_stride}, z,
              epilogue<T>(mask.there, y_stride), write(), sums.data, stream);
        return y.error();
    }
    double input_grad(const Conv2dKernel<Conv2dInputGrad<T>>& k) const {
        const Values<T> dy(y_size(), 1), mask(x_size(), 3);
        Values<T> dx(x_size(), 2);
        const Values<float> w(z.K * z.C * z.R * z.S, 4);
        reference::conv2d_input_grad<double>({dy.exact.data(), y_stride}, w.exact.data(), {dx.exact.data(), x_stride},
                                             z, epilogue(mask.exact.data(), x_stride), write(), nullptr, stream);
        const Scratch form(k.pack ? k.packed_bytes(z) : 0), sums(k.scratch ? k.scratch(z, 1) : 0);
        k.run({dy.there, y_stride}, packed(k, w.there, form), {dx.there, x_stride}, z,
              epilogue<T>(mask.there, x_stride), write(), sums.data, stream);
        return dx.error();
    }
    double weight_grad(const Conv2dKernel<Conv2dWeightGrad<T>>& k) const {
        const Values<T> x(x_size(), 1), dy(y_size(), 2);
        Values<float> dw(z.K * z.C * z.R * z.S, 3);
        reference::conv2d_weight_grad<double>({x.exact.data(), x_stride}, {dy.exact.data(), y_stride}, dw.exact.data(),
                                              z, write(), nullptr, stream);
        const Scratch sums(k.scratch ? k.scratch(z, 1) : 0);
        k.run({x.there, x_stride}, {dy.there, y_stride}, dw.there, z, write(), sums.data, stream);
        return dw.error();
    }
};

}  // namespace gradus::test
