// The CUDA convolutions on the CPU against the reference, on what the op's own cases do not reach: every size of tile,
// channel slices of wider tensors, and all parts of the epilogue at once.
#include "tests/kernels/conv2d_check.h"

namespace {

using namespace gradus;
using namespace gradus::kernels;
using test::shape, test::Conv2dKernel;
namespace on_cpu = kernels::cuda_on_cpu;

/// A convolution and its gradients by every kernel for f32 that takes it.
template <class T>
struct Check {
    Conv2dShape z;
    std::int64_t more;
    bool all;
    test::Conv2dRun<T> with = {z, more, all};
    int kernels = 0;

    double allowed(double length) const { return sizeof(T) == 2 ? 1e-2 : std::max(5e-7, 3e-8 * std::sqrt(length)); }

    void forward(const Conv2dKernel<Conv2d<T>>& k) {
        if (k.declines && k.declines(z)) return;
        CAPTURE(k.name);
        CHECK(with.forward(k) <= allowed(static_cast<double>(z.R * z.S * z.C)));
        ++kernels;
    }
    void input_grad(const Conv2dKernel<Conv2dInputGrad<T>>& k) {
        if (k.declines && k.declines(z)) return;
        CAPTURE(k.name);
        CHECK(with.input_grad(k) <= allowed(static_cast<double>(z.R * z.S * z.K)));
        ++kernels;
    }
    void weight_grad(const Conv2dKernel<Conv2dWeightGrad<T>>& k) {
        CAPTURE(k.name);
        CHECK(with.weight_grad(k) <= std::max(5e-7, 3e-8 * std::sqrt(static_cast<double>(z.N * z.P * z.Q))));
        ++kernels;
    }
    int run() {
        forward({"tiled", on_cpu::conv2d_tiled, on_cpu::conv2d_tiled_declines, on_cpu::conv2d_tiled_scratch_bytes,
                 on_cpu::conv2d_pack, on_cpu::conv2d_pack_bytes});
        forward({"few channels", on_cpu::conv2d_few_channels, on_cpu::conv2d_few_channels_declines, nullptr,
                 on_cpu::conv2d_pack, on_cpu::conv2d_pack_bytes});
        forward({"plain", on_cpu::conv2d_plain});
        input_grad({"tiled", on_cpu::conv2d_tiled_input_grad, on_cpu::conv2d_tiled_input_grad_declines,
                    on_cpu::conv2d_tiled_input_grad_scratch_bytes, on_cpu::conv2d_pack_input_grad,
                    on_cpu::conv2d_pack_input_grad_bytes});
        input_grad({"gather", on_cpu::conv2d_gather_input_grad, on_cpu::conv2d_gather_input_grad_declines, nullptr,
                    on_cpu::conv2d_pack_input_grad, on_cpu::conv2d_pack_input_grad_bytes});
        input_grad({"plain", on_cpu::conv2d_plain_input_grad});
        weight_grad(
            {"tiled", on_cpu::conv2d_tiled_weight_grad, nullptr, on_cpu::conv2d_tiled_weight_grad_scratch_bytes});
        weight_grad({"plain", on_cpu::conv2d_plain_weight_grad});
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
