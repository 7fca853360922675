// Kernels that move values without computing much, on the CPU against the reference: every unit of copies, vectors and
// single values, dense tensors and slices, every schedule.
#include <cstring>

#include "kernels/cast.h"
#include "kernels/copy.h"
#include "kernels/flip.h"
#include "kernels/gate.h"
#include "kernels/pad.h"
#include "kernels/roll.h"
#include "kernels/spread.h"
#include "kernels/transpose.h"
#include "kernels/widen.h"
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
const Layout layouts[] = {{1, 0, 0}, {3, 0, 0}, {3, 5, 0}, {8, 0, 0}, {8, 8, 8}, {16, 8, 0}, {16, 3, 0}, {16, 8, 1}};

template <class T>
EmulatedTensor<T> tensor(std::int64_t pixels, const Layout& at, unsigned seed) {
    return {pixels, at.channels, at.channels + at.more, at.offset, seed};
}

template <class From, class To>
void casts(const Layout& at, int threads) {
    const auto x = tensor<From>(301, at, 1);
    for (const Write write : {Write::overwrite, Write::accumulate}) {
        auto y = tensor<To>(301, at, 2), expected = tensor<To>(301, at, 2);
        cuda_on_cpu::cast(x.in(), y.at, 301, at.channels, write, {nullptr, threads});
        reference::cast<From, To>(x.in(), expected.at, 301, at.channels, write, {});
        CHECK(y == expected);
    }
}

template <class T>
void widens(std::int64_t first, const Layout& dy_at, const Layout& dx_at, int threads) {
    const auto dy = tensor<T>(77, dy_at, 1);
    for (const Write write : {Write::overwrite, Write::accumulate}) {
        auto dx = tensor<T>(77, dx_at, 2), expected = tensor<T>(77, dx_at, 2);
        cuda_on_cpu::widen(dy.in(), dx.at, 77, dx_at.channels, first, dy_at.channels, write, {nullptr, threads});
        reference::widen<T>(dy.in(), expected.at, 77, dx_at.channels, first, dy_at.channels, write, {});
        CHECK(dx == expected);
    }
}

template <class T>
void spreads(const Layout& at, int threads) {
    const EmulatedTensor<float> x(1, at.channels, at.channels, 0, 1);
    for (const bool one : {false, true})
        for (const Write write : {Write::overwrite, Write::accumulate}) {
            auto y = tensor<T>(301, at, 2), expected = tensor<T>(301, at, 2);
            cuda_on_cpu::spread(x.at.data, one, y.at, 301, at.channels, 0.25, write, {nullptr, threads});
            reference::spread<T>(x.at.data, one, expected.at, 301, at.channels, 0.25, write, {});
            CHECK(y == expected);
        }
}

template <class T>
void flips(const Layout& at, int threads) {
    const auto x = tensor<T>(2 * 3 * 23, at, 1);
    for (const auto& [rows, columns] : {std::pair{false, true}, {true, false}, {true, true}})
        for (const Write write : {Write::overwrite, Write::accumulate}) {
            const FlipShape shape{2, 3, 23, at.channels, rows, columns};
            auto y = tensor<T>(2 * 3 * 23, at, 2), expected = tensor<T>(2 * 3 * 23, at, 2);
            cuda_on_cpu::flip(x.in(), y.at, shape, write, {nullptr, threads});
            reference::flip<T>(x.in(), expected.at, shape, write, {});
            CHECK(y == expected);
        }
}

template <class T>
void rolls(const Layout& at, int threads) {
    const auto x = tensor<T>(2 * 3 * 23, at, 1);
    EmulatedTensor<float> offset(1, 2, 2, 0, 1);
    const std::int32_t by[] = {-2, 30};
    std::memcpy(offset.memory, by, sizeof by);
    const auto* where = reinterpret_cast<const std::int32_t*>(offset.memory);
    for (const Write write : {Write::overwrite, Write::accumulate}) {
        const RollShape shape{2, 3, 23, at.channels};
        auto y = tensor<T>(2 * 3 * 23, at, 2), expected = tensor<T>(2 * 3 * 23, at, 2);
        cuda_on_cpu::roll(x.in(), where, y.at, shape, 1, write, {nullptr, threads});
        reference::roll<T>(x.in(), by, expected.at, shape, 1, write, {});
        CHECK(y == expected);
    }
}

template <class T>
void pads(const Layout& at, int threads) {
    const PadShape shape{2, 3, 5, at.channels, 6, 9, 1, 2};
    const auto x = tensor<T>(2 * 3 * 5, at, 1);
    for (const PadMode mode : {PadMode::zero, PadMode::reflect})
        for (const Write write : {Write::overwrite, Write::accumulate}) {
            auto y = tensor<T>(2 * 6 * 9, at, 2), expected = tensor<T>(2 * 6 * 9, at, 2);
            cuda_on_cpu::pad(x.in(), y.at, shape, mode, write, {nullptr, threads});
            reference::pad<T>(x.in(), expected.at, shape, mode, write, {});
            CHECK(y == expected);
        }
}

template <class T>
void transposes(const TransposeShape& shape, std::int64_t x_more, std::int64_t y_more, std::int64_t offset,
                int threads) {
    const auto x = tensor<T>(shape.batch * shape.R, {shape.C, x_more, offset}, 1);
    for (const Write write : {Write::overwrite, Write::accumulate}) {
        auto y = tensor<T>(shape.batch * shape.C, {shape.R, y_more, offset}, 2),
             expected = tensor<T>(shape.batch * shape.C, {shape.R, y_more, offset}, 2);
        cuda_on_cpu::transpose(x.in(), y.at, shape, write, {nullptr, threads});
        reference::transpose<T>(x.in(), expected.at, shape, write, {});
        CHECK(y == expected);
    }
}

}  // namespace

TEST_SUITE("CUDA on the CPU: moves") {
    TEST_CASE("copies agree with the reference, whatever the units allow") {
        test::in_every_order([](int threads) {
            for (const std::int64_t bytes : {1, 6, 12, 24, 64})
                for (const std::int64_t x_more : {0, 2, 4, 16, -1})
                    for (const std::int64_t y_more : {0, 8, 5})
                        for (const std::int64_t offset : {0, 16, 4, 3}) {
                            CAPTURE(bytes);
                            CAPTURE(x_more);
                            CAPTURE(y_more);
                            CAPTURE(offset);
                            // -1: every row of y is the one row of x.
                            const std::int64_t x_step = x_more < 0 ? 0 : bytes + x_more, y_step = bytes + y_more;
                            const Layout at{1, 0, 0};
                            const auto x = tensor<float>((37 * (bytes + 16) + offset) / 4 + 1, at, 1);
                            auto y = tensor<float>((37 * y_step + offset) / 4 + 1, at, 2),
                                 expected = tensor<float>((37 * y_step + offset) / 4 + 1, at, 2);
                            const auto* from = reinterpret_cast<const std::byte*>(x.memory) + offset;
                            cuda_on_cpu::copy(from, x_step, reinterpret_cast<std::byte*>(y.memory) + offset, y_step, 37,
                                              bytes, {nullptr, threads});
                            reference::copy(from, x_step, reinterpret_cast<std::byte*>(expected.memory) + offset,
                                            y_step, 37, bytes, {});
                            CHECK(y == expected);
                        }
        });
    }
    TEST_CASE("gates agree with the reference, whatever the units allow, in place too") {
        test::in_every_order([](int threads) {
            for (const std::int32_t stop : {0, 1})
                for (const std::int64_t bytes : {1, 6, 12, 24, 64})
                    for (const std::int64_t more : {0, 2, 4, 16, 5})
                        for (const std::int64_t offset : {0, 16, 4, 3})
                            for (const bool in_place : {false, true}) {
                                CAPTURE(stop);
                                CAPTURE(bytes);
                                CAPTURE(more);
                                CAPTURE(offset);
                                CAPTURE(in_place);
                                const Layout at{1, 0, 0};
                                const std::int64_t step = bytes + more, values = (37 * step + offset) / 4 + 1;
                                EmulatedTensor<float> reason = tensor<float>(1, at, 1);
                                std::memcpy(reason.memory, &stop, sizeof stop);
                                const auto* why = reinterpret_cast<const std::int32_t*>(reason.memory);
                                const auto x = tensor<float>(values, at, 1);
                                auto y = tensor<float>(values, at, 2), expected = tensor<float>(values, at, 2);
                                const auto place = [offset](const EmulatedTensor<float>& t) {
                                    return reinterpret_cast<std::byte*>(t.memory) + offset;
                                };
                                cuda_on_cpu::gate(place(in_place ? y : x), step, why, place(y), step, 37, bytes,
                                                  {nullptr, threads});
                                reference::gate(place(in_place ? expected : x), step, why, place(expected), step, 37,
                                                bytes, {});
                                CHECK(y == expected);
                            }
        });
    }
    TEST_CASE("casts, repetitions, flips, rolls and pads agree with the reference to the last bit") {
        test::in_every_order([](int threads) {
            for (const Layout& at : layouts) {
                CAPTURE(at.channels);
                CAPTURE(at.more);
                CAPTURE(at.offset);
                casts<float, bf16>(at, threads);
                casts<bf16, float>(at, threads);
                spreads<float>(at, threads);
                spreads<bf16>(at, threads);
                flips<float>(at, threads);
                flips<bf16>(at, threads);
                rolls<float>(at, threads);
                rolls<bf16>(at, threads);
                pads<float>(at, threads);
                pads<bf16>(at, threads);
            }
        });
    }
    TEST_CASE("transposes agree with the reference to the last bit") {
        test::in_every_order([](int threads) {
            for (const TransposeShape& shape :
                 {TransposeShape{1, 1, 1}, {5, 3, 37}, {5, 37, 3}, {2, 8, 20}, {1, 70, 40}, {3, 33, 31}, {20, 32, 32}})
                for (const std::int64_t x_more : {0, 5})
                    for (const std::int64_t y_more : {0, 8, 1})
                        for (const std::int64_t offset : {0, 1}) {
                            CAPTURE(shape.R);
                            CAPTURE(shape.C);
                            CAPTURE(x_more);
                            CAPTURE(y_more);
                            CAPTURE(offset);
                            transposes<float>(shape, x_more, y_more, offset, threads);
                            transposes<bf16>(shape, x_more, y_more, offset, threads);
                        }
        });
    }
    TEST_CASE("gradients of slices agree with the reference to the last bit") {
        test::in_every_order([](int threads) {
            for (const auto& [first, dy, dx] : {std::tuple{0, Layout{1, 0, 0}, Layout{1, 0, 0}},
                                                {2, {3, 0, 0}, {7, 0, 0}},
                                                {8, {8, 0, 0}, {24, 0, 0}},
                                                {8, {8, 8, 8}, {24, 8, 8}},
                                                {4, {8, 0, 0}, {24, 0, 0}},
                                                {16, {8, 0, 0}, {24, 1, 0}}}) {
                widens<float>(first, dy, dx, threads);
                widens<bf16>(first, dy, dx, threads);
            }
        });
    }
}
