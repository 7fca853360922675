// relu.cu on the CPU against the reference: vectors and single values, dense tensors and slices, every schedule.
#include "kernels/redirected_relu.h"
#include "kernels/relu.h"
#include "tests/env.h"
#include "tests/kernels/emulated_tensor.h"

namespace {

using namespace gradus;
using namespace gradus::kernels;

template <class T>
void agrees(std::int64_t pixels, std::int64_t channels, std::int64_t stride, std::int64_t offset, int threads) {
    const auto tensor = [&](unsigned seed) { return test::EmulatedTensor<T>(pixels, channels, stride, offset, seed); };
    const Stream stream{nullptr, threads};
    const auto x = tensor(1), dy = tensor(2);
    {
        auto y = tensor(3), expected = tensor(3);
        cuda_on_cpu::relu(x.in(), y.at, pixels, channels, stream);
        reference::relu<T>(x.in(), expected.at, pixels, channels, stream);
        CHECK(y == expected);  // what lies between the pixels of a slice included
    }
    for (const ReluRule rule : {ReluRule::plain, ReluRule::guided, ReluRule::deconvnet})
        for (const Write write : {Write::overwrite, Write::accumulate}) {
            auto dx = tensor(4), expected = tensor(4);
            cuda_on_cpu::relu_backward(x.in(), dy.in(), dx.at, pixels, channels, rule, write, stream);
            reference::relu_backward<T>(x.in(), dy.in(), expected.at, pixels, channels, rule, write, stream);
            CHECK(dx == expected);
        }
}

/// A batch with some dead items: 0 lives, 1 and 2 do not.
template <class T>
void redirected_agrees(const BatchShape& b, std::int64_t stride, std::int64_t offset, int threads) {
    const std::int64_t pixels = b.items * b.pixels;
    const auto tensor = [&](unsigned seed) {
        return test::EmulatedTensor<T>(pixels, b.channels, stride, offset, seed);
    };
    auto x = tensor(1);
    const auto dy = tensor(2);
    for (std::int64_t i = 0; i < pixels; ++i)
        for (std::int64_t c = 0; c < b.channels; ++c)
            if (const auto v = static_cast<float>(x.at[i][c]); i / b.pixels % 3 != 0 && v > 0) x.at[i][c] = T(-v);
    auto* scratch = static_cast<std::byte*>(emulation::allocate(redirected_relu_scratch_bytes(b)));
    for (const Write write : {Write::overwrite, Write::accumulate}) {
        auto dx = tensor(4), expected = tensor(4);
        cuda_on_cpu::redirected_relu_backward(x.in(), dy.in(), dx.at, b, scratch, write, {nullptr, threads});
        reference::redirected_relu_backward<T>(x.in(), dy.in(), expected.at, b, nullptr, write, {nullptr, threads});
        CHECK(dx == expected);
    }
    emulation::deallocate(scratch);
}

}  // namespace

TEST_SUITE("CUDA on the CPU: relu") {
    TEST_CASE("agrees with the reference to the last bit") {
        test::in_every_order([](int threads) {
            for (const std::int64_t channels : {1, 3, 8, 24})
                for (const auto& slice : {std::pair{0, 0}, {8, 0}, {8, 8}, {5, 0}, {8, 1}}) {
                    const int more = slice.first, offset = slice.second;
                    CAPTURE(channels);
                    CAPTURE(more);
                    CAPTURE(offset);
                    agrees<float>(301, channels, channels + more, offset, threads);
                    agrees<bf16>(301, channels, channels + more, offset, threads);
                }
        });
    }
    TEST_CASE("the redirected one too, item by item, in one part and in several") {
        test::in_every_order([](int threads) {
            for (const std::int64_t channels : {3, 8})
                for (const auto& slice : {std::pair{0, 0}, {8, 8}, {5, 0}, {8, 1}})
                    for (const auto& size : {std::pair{7, 43}, {1, 60}, {2, 4500}}) {
                        CAPTURE(channels);
                        CAPTURE(slice.first);
                        CAPTURE(slice.second);
                        CAPTURE(size.second);
                        const BatchShape b{size.first, size.second, channels};
                        redirected_agrees<float>(b, channels + slice.first, slice.second, threads);
                        redirected_agrees<bf16>(b, channels + slice.first, slice.second, threads);
                    }
        });
    }
}
