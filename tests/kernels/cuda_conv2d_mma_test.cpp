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

// Reads the filters as conv2d_mma_bf16 packs them.
#define WGMMA(direction)                                                                                \
    {                                                                                                   \
        "wgmma", on_cpu::conv2d_wgmma##direction, on_cpu::conv2d_wgmma##direction##_declines,           \
            on_cpu::conv2d_wgmma##direction##_scratch_bytes, on_cpu::conv2d_mma_bf16##direction##_pack, \
            on_cpu::conv2d_mma_bf16##direction##_pack_bytes                                             \
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

/// By wgmma: as `check`, the last by mma.sync. Both ways where it takes both.
void check_wgmma(const Conv2dShape& z) {
    CAPTURE(z.H);
    CAPTURE(z.C);
    CAPTURE(z.K);
    REQUIRE(on_cpu::conv2d_wgmma_declines(z) == nullptr);
    for (const std::int64_t more : {0, 8, 3}) {
        const test::Conv2dRun<bf16> with{z, more, more > 0};
        CHECK(with.forward(WGMMA()) <= 5e-3);
        if (!on_cpu::conv2d_wgmma_input_grad_declines(z)) CHECK(with.input_grad(WGMMA(_input_grad)) <= 5e-3);
    }
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
    TEST_CASE("wgmma: boxes that hang over, channels past a box, pictures, the depth in parts") {
        check_wgmma(shape(14, 14, 64, 72, 3, 1, 1));  // 9 rows of 14 pixels
        check_wgmma(shape(7, 19, 72, 136, 3, 1, 1));  // two tiles across, 8 channels in a box of their own
        check_wgmma(shape(6, 6, 64, 64, 3, 1, 4));    // more padding than the window has
        check_wgmma(shape(9, 30, 320, 64, 1));        // no gather at all, parts
        check_wgmma(shape(40, 37, 64, 24, 3));        // many boxes
        Conv2dShape pictures = shape(5, 9, 96, 80, 5, 1, 2);
        pictures.N = 3;
        check_wgmma(pictures);
        Conv2dShape dilated = shape(9, 8, 64, 64, 3, 1, 2);
        dilated.dilation_h = dilated.dilation_w = 2;
        dilated.P = 9, dilated.Q = 8;
        check_wgmma(dilated);
        CHECK(on_cpu::conv2d_wgmma_scratch_bytes(shape(14, 14, 512, 512, 3, 1, 1), 1) > 0);
        test::in_every_order([](int) { check_wgmma(shape(10, 11, 72, 72, 3, 1, 1)); });
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
        CHECK(says(on_cpu::conv2d_wgmma_declines(shape(8, 8, 56, 8, 3))) == "takes 64 channels or more, in eights");
        CHECK(says(on_cpu::conv2d_wgmma_input_grad_declines(shape(8, 8, 64, 8, 3))) ==
              "takes 64 channels or more, in eights");
        CHECK(says(on_cpu::conv2d_wgmma_declines(shape(5, 5, 64, 64, 3, 1, 1))) == "wants 32 pixels or more");
    }
}
