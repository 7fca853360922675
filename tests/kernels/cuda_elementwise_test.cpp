// Elementwise kernels and sums on the CPU against the reference, to the last bit: vectors and single values, dense
// tensors that end inside a vector, slices, every schedule. The numbers are such that every result is exact.
#include <algorithm>
#include <vector>

#include "kernels/add.h"
#include "kernels/arithmetic.h"
#include "kernels/channel_affine.h"
#include "kernels/pointwise.h"
#include "kernels/reduce.h"
#include "kernels/total_variation.h"
#include "tests/env.h"
#include "tests/kernels/emulated_tensor.h"

namespace {

using namespace gradus;
using namespace gradus::kernels;
using test::EmulatedTensor;

/// Channels, what a pixel has besides, and what lies before the first.
struct Layout {
    std::int64_t channels, more, offset;
};
const Layout layouts[] = {{3, 0, 0}, {3, 0, 1}, {3, 5, 0}, {8, 0, 0}, {8, 8, 1}, {24, 8, 8}};

constexpr std::int64_t pixels = 40;  // whole vectors of 3 channels, in bf16 too

template <class T>
EmulatedTensor<T> tensor(const Layout& at, unsigned seed, std::int64_t n = pixels) {
    return {n, at.channels, at.channels + at.more, at.offset, seed};
}

/// Memory of the emulated device.
template <class T>
struct Numbers {
    explicit Numbers(const std::vector<T>& values)
        : data(static_cast<T*>(emulation::allocate(values.size() * sizeof(T)))) {
        std::copy(values.begin(), values.end(), data);
    }
    Numbers(const Numbers&) = delete;
    Numbers& operator=(const Numbers&) = delete;
    ~Numbers() { emulation::deallocate(data); }
    T* data;
};

const Write writes[] = {Write::overwrite, Write::accumulate};

template <class T>
void adds(const Layout& at, int threads) {
    const auto a = tensor<T>(at, 1), b = tensor<T>(at, 2);
    auto y = tensor<T>(at, 3), expected = tensor<T>(at, 3);
    cuda_on_cpu::add(a.in(), b.in(), y.at, pixels, at.channels, {nullptr, threads});
    reference::add<T>(a.in(), b.in(), expected.at, pixels, at.channels, {});
    CHECK(y == expected);
}

template <class T>
void computes(const Layout& at, int threads) {
    const auto a = tensor<T>(at, 1);
    auto b = tensor<T>(at, 2);
    for (std::size_t i = 0; i < b.size; ++i)  // powers of two: quotients are exact
        b.memory[i] = T(static_cast<float>(b.memory[i]) > 0 ? 0.5f : i % 3 ? -2.0f : 4.0f);
    for (const auto operation : {Arithmetic::subtract, Arithmetic::multiply, Arithmetic::divide})
        for (const auto repeat : {Repeat::none, Repeat::channels, Repeat::one})
            for (const Write write : writes) {
                auto y = tensor<T>(at, 3), expected = tensor<T>(at, 3);
                cuda_on_cpu::arithmetic(a.in(), b.in(), y.at, pixels, at.channels, operation, repeat, write,
                                        {nullptr, threads});
                reference::arithmetic<T>(a.in(), b.in(), expected.at, pixels, at.channels, operation, repeat, write,
                                         {});
                CHECK(y == expected);
            }
}

template <class T>
void applies(const Layout& at, int threads) {
    const auto x = tensor<T>(at, 1), dy = tensor<T>(at, 2);
    for (const Pointwise& p : {Pointwise{Function::scale, -2.5}, Pointwise{Function::abs}, Pointwise{Function::pow, 2},
                               Pointwise{Function::clip, -0.5, 1.25}})
        for (const Write write : writes) {
            auto y = tensor<T>(at, 3), expected = tensor<T>(at, 3);
            cuda_on_cpu::pointwise(x.in(), y.at, pixels, at.channels, p, write, {nullptr, threads});
            reference::pointwise<T>(x.in(), expected.at, pixels, at.channels, p, write, {});
            CHECK(y == expected);
            auto dx = tensor<T>(at, 4), expected_dx = tensor<T>(at, 4);
            cuda_on_cpu::pointwise_backward(x.in(), dy.in(), dx.at, pixels, at.channels, p, write, {nullptr, threads});
            reference::pointwise_backward<T>(x.in(), dy.in(), expected_dx.at, pixels, at.channels, p, write, {});
            CHECK(dx == expected_dx);
        }
}

template <class T>
void maps(const Layout& at, int threads) {
    const Numbers<float> scale({2, -0.5f, 4, 1}), shift({1, 0, -2, 0.25f});
    const Numbers<int> from({static_cast<int>(at.channels) - 1, 0, 0, static_cast<int>(at.channels / 2)});
    const ChannelMap map{scale.data, shift.data, from.data, 4};
    for (const Layout& mapped : {Layout{4, 0, 0}, Layout{4, 3, 1}})
        for (const Write write : writes) {
            const auto x = tensor<T>(at, 1), dy = tensor<T>(mapped, 2);
            auto y = tensor<T>(mapped, 3), expected = tensor<T>(mapped, 3);
            cuda_on_cpu::channel_affine(x.in(), y.at, pixels, map, write, {nullptr, threads});
            reference::channel_affine<T>(x.in(), expected.at, pixels, map, write, {});
            CHECK(y == expected);
            auto dx = tensor<T>(at, 4), expected_dx = tensor<T>(at, 4);
            cuda_on_cpu::channel_affine_backward(dy.in(), dx.at, pixels, at.channels, map, write, {nullptr, threads});
            reference::channel_affine_backward<T>(dy.in(), expected_dx.at, pixels, at.channels, map, write, {});
            CHECK(dx == expected_dx);
        }
}

template <class T>
void sums(const Layout& at, std::int64_t n, int threads) {
    const Stream stream{nullptr, threads};
    const auto a = tensor<T>(at, 1, n), b = tensor<T>(at, 2, n);
    const auto channels = static_cast<std::size_t>(at.channels);
    Numbers<double> scratch(std::vector<double>(static_cast<std::size_t>(
        std::max(cuda_reduce_blocks(n * at.channels), cuda_channel_shares(n, at.channels) * at.channels))));
    auto* room = reinterpret_cast<std::byte*>(scratch.data);
    const std::vector<float> zeros(channels);
    Numbers<float> y(zeros), expected(zeros);
    const auto same = [&](std::size_t numbers) {
        CHECK(std::memcmp(y.data, expected.data, numbers * sizeof(float)) == 0);
    };
    cuda_on_cpu::sum(a.in(), y.data, n, at.channels, 0.5, room, stream);
    reference::sum<T>(a.in(), expected.data, n, at.channels, 0.5, nullptr, {});
    same(1);
    cuda_on_cpu::dot(a.in(), b.in(), y.data, n, at.channels, room, stream);
    reference::dot<T>(a.in(), b.in(), expected.data, n, at.channels, nullptr, {});
    same(1);
    cuda_on_cpu::channel_sums(a.in(), y.data, n, at.channels, room, stream);
    reference::channel_sums<T>(a.in(), expected.data, n, at.channels, nullptr, {});
    same(channels);
    const Numbers<float> d({-1.5f});
    for (const Write write : writes) {
        auto dx = tensor<T>(at, 3, n), expected_dx = tensor<T>(at, 3, n);
        cuda_on_cpu::dot_backward(a.in(), d.data, dx.at, n, at.channels, 2, write, stream);
        reference::dot_backward<T>(a.in(), d.data, expected_dx.at, n, at.channels, 2, write, {});
        CHECK(dx == expected_dx);
    }
}

void variations(const Layout& at, int threads) {
    const Stream stream{nullptr, threads};
    for (const auto& [kind, beta] : {std::pair{TvKind::squared, 2.0}, {TvKind::l1, 2.0}, {TvKind::beta, 2.0}})
        for (const auto& [N, H, W] : {std::tuple{2, 3, 7}, {1, 1, 9}, {3, 1, 1}, {1, 4, 1}}) {
            const TvShape z{N, H, W, at.channels, kind, beta};
            const auto x = tensor<float>(at, 1, N * H * W);
            Numbers<double> scratch(std::vector<double>(static_cast<std::size_t>(cuda_tv_blocks(z))));
            Numbers<float> y({0}), expected({0});
            const Numbers<float> dy({-0.5f});
            cuda_on_cpu::total_variation(x.in(), y.data, z, reinterpret_cast<std::byte*>(scratch.data), stream);
            reference::total_variation<float>(x.in(), expected.data, z, nullptr, {});
            CHECK(*y.data == *expected.data);
            for (const Write write : writes) {
                auto dx = tensor<float>(at, 3, N * H * W), expected_dx = tensor<float>(at, 3, N * H * W);
                cuda_on_cpu::total_variation_backward(x.in(), dy.data, dx.at, z, write, stream);
                reference::total_variation_backward<float>(x.in(), dy.data, expected_dx.at, z, write, {});
                CHECK(dx == expected_dx);
            }
        }
}

/// Calls f(layout, threads) for every layout in every order.
template <class F>
void in_every_layout(const F& f) {
    test::in_every_order([&](int threads) {
        for (const Layout& at : layouts) {
            CAPTURE(at.channels);
            CAPTURE(at.more);
            CAPTURE(at.offset);
            f(at, threads);
        }
    });
}

}  // namespace

TEST_SUITE("CUDA on the CPU: elementwise and sums") {
    TEST_CASE("sums of two, arithmetic and functions agree with the reference to the last bit") {
        in_every_layout([](const Layout& at, int threads) {
            adds<float>(at, threads);
            adds<bf16>(at, threads);
            computes<float>(at, threads);
            computes<bf16>(at, threads);
            applies<float>(at, threads);
            applies<bf16>(at, threads);
        });
    }
    TEST_CASE("maps of channels agree with the reference to the last bit") {
        in_every_layout([](const Layout& at, int threads) {
            maps<float>(at, threads);
            maps<bf16>(at, threads);
        });
    }
    TEST_CASE("sums over a tensor and over its pixels agree with the reference to the last bit") {
        in_every_layout([](const Layout& at, int threads) {
            for (const std::int64_t n : {std::int64_t{1}, std::int64_t{7}, pixels}) {
                CAPTURE(n);
                sums<float>(at, n, threads);
                sums<bf16>(at, n, threads);
            }
        });
    }
    TEST_CASE("many channels, many blocks") {
        for (const auto& [channels, n] : {std::pair{2100, 9}, {264, 300}, {3, 40001}, {8, 20011}, {1, 123457}}) {
            sums<float>({channels, 0, 0}, n, 2);
            sums<bf16>({channels, 0, 0}, n, 2);
        }
    }
    TEST_CASE("total variation agrees with the reference to the last bit") { in_every_layout(variations); }
}
