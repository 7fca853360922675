// Convolutions on tensor cores, as the CPU runs them, against the reference, on what the op's own cases do not reach.
#include "tests/kernels/conv2d_check.h"

namespace {

using namespace gradus;
using namespace gradus::kernels;
using test::shape, test::Conv2dKernel;
namespace on_cpu = kernels::cuda_on_cpu;

#define MMA(function)                                                                               \
    {                                                                                               \
#function, on_cpu::function, on_cpu::function##_declines, on_cpu::function##_scratch_bytes, \
            on_cpu::function##_pack, on_cpu::function##_pack_bytes                                  \
    }

struct Errors {
    double forward, backward;
};

template <class T>
Errors errors(const Conv2dShape& z, std::int64_t more, bool all) {
    const test::Conv2dRun<T> with{z, more, all};
    if constexpr (sizeof(T) == 4)
        return {with.forward(MMA(conv2d_mma_tf32)), with.input_grad(MMA(conv2d_mma_tf32_input_grad))};
    else
        return {with.forward(MMA(conv2d_mma_bf16)), with.input_grad(MMA(conv2d_mma_bf16_input_grad))};
}

template <class T>
void check(const Conv2dShape& z, std::int64_t more, bool all) {
    CAPTURE(z.H);
    CAPTURE(z.C);
    CAPTURE(z.K);
    CAPTURE(more);
    const double allowed = sizeof(T) == 2 ? 5e-3 : 5e-4;  // sums rounded to bf16 once more
    const Errors e = errors<T>(z, more, all);
    CHECK(e.forward <= allowed);
    CHECK(e.backward <= allowed);
}

/// Dense and plain; a slice with everything; a slice that is nowhere aligned.
void check(const Conv2dShape& z) {
    check<float>(z, 0, false);
    check<float>(z, 4, true);
    check<float>(z, 1, true);
    check<bf16>(z, 0, false);
    check<bf16>(z, 8, true);
    check<bf16>(z, 3, true);
}

}  // namespace

TEST_SUITE("CUDA on the CPU: conv2d on tensor cores") {
    TEST_CASE("tiles of every size, and the depth in parts") {
        check<float>(shape(92, 92, 8, 128, 1), 4, true);   // forward in tiles of 128x128, back in 128x32
        check<bf16>(shape(92, 92, 8, 128, 1), 0, false);   // as well
        check<float>(shape(130, 130, 8, 40, 1), 1, true);  // of 64x64
        check<bf16>(shape(130, 130, 8, 40, 1), 8, false);  // as well
        const Conv2dShape small = shape(14, 14, 64, 72, 3, 1, 1);
        CHECK(on_cpu::conv2d_mma_tf32_scratch_bytes(small, 1) > 0);  // partial sums
        CHECK(on_cpu::conv2d_mma_bf16_input_grad_scratch_bytes(small, 1) > 0);
        check(small);
    }
    TEST_CASE("padding, odd pictures, chunks of a step under several taps") {
        check(shape(7, 13, 8, 24, 3, 1, 1));
        check(shape(3, 3, 8, 16, 3, 1, 4));  // more padding than the window has
        check(shape(9, 5, 24, 40, 5, 1, 2));
        Conv2dShape pictures = shape(5, 6, 16, 136, 3, 1, 1);
        pictures.N = 3;
        check(pictures);
        Conv2dShape dilated = shape(9, 8, 8, 8, 3, 1, 2);
        dilated.dilation_h = dilated.dilation_w = 2;
        dilated.P = 9, dilated.Q = 8;
        check(dilated);
    }
    TEST_CASE("in any order of threads, copies as late as they may be") {
        test::in_every_order([](int) { check(shape(9, 11, 24, 72, 3, 1, 1)); });
    }
    TEST_CASE("strides, forward") {
        for (const std::int64_t more : {0, 3}) {
            const Conv2dShape z = shape(13, 12, 16, 40, 3, 2, 1);
            CHECK(test::Conv2dRun<float>{z, more, true}.forward(MMA(conv2d_mma_tf32)) <= 5e-4);
            CHECK(test::Conv2dRun<bf16>{z, more, true}.forward(MMA(conv2d_mma_bf16)) <= 5e-3);
        }
    }
    TEST_CASE("the error in TF32 is that of factors rounded to the nearest, whatever the depth") {
        // Two factors, each off by up to 2^-11 of itself: 2.6e-4 in the 2-norm. Cut off, it would be 7e-4.
        for (const std::int64_t channels : {8, 64, 256}) {
            const Errors e = errors<float>(shape(8, 8, channels, 64, 3, 1, 1), 0, false);
            CAPTURE(channels);
            CHECK(e.forward > 2.2e-4);
            CHECK(e.forward < 3.0e-4);
            CHECK(e.backward > 2.2e-4);
            CHECK(e.backward < 3.0e-4);
        }
    }
    TEST_CASE("what they decline") {
        const auto says = [](const char* reason) { return std::string(reason ? reason : ""); };
        CHECK(says(on_cpu::conv2d_mma_tf32_declines(shape(8, 8, 6, 8, 3))) == "takes input channels in fours");
        CHECK(says(on_cpu::conv2d_mma_bf16_declines(shape(8, 8, 12, 8, 3))) == "takes input channels in eights");
        CHECK(says(on_cpu::conv2d_mma_bf16_input_grad_declines(shape(8, 8, 8, 12, 3))) == "takes filters in eights");
        CHECK(says(on_cpu::conv2d_mma_tf32_input_grad_declines(shape(9, 9, 8, 8, 3, 2))) == "serves stride 1 only");
        CHECK(says(on_cpu::conv2d_mma_tf32_declines(shape(8, 8, 12, 6, 3))).empty());
    }
}
