// Mistakes with asynchronous instructions. On a GPU they show now and then; here, in a schedule that is named.
#include "tests/kernels/async_bugs.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/cuda_on_cpu/emulation.h"
#include "tests/env.h"
#include "tests/kernels/died.h"

namespace {

using namespace gradus;
namespace emulation = kernels::emulation;
namespace bugs = kernels::cuda_on_cpu::async_bugs;
using bugs::Mistake;
using bugs::Ring;
using emulation::Schedule;
using Order = Schedule::Order;

/// Floats of the emulated device.
struct Floats {
    explicit Floats(std::size_t n) : size(n), data(static_cast<float*>(emulation::allocate(n * sizeof(float)))) {}
    Floats(const Floats&) = delete;
    Floats& operator=(const Floats&) = delete;
    ~Floats() { emulation::deallocate(data); }
    std::size_t size;
    float* data;
};

/// Integers from -4 to 4, so that all sums are exact.
void fill(Floats& x) {
    for (std::size_t i = 0; i < x.size; ++i) x.data[i] = static_cast<float>(i * i * 7 % 9) - 4.0f;
}

bool copies_right(bool off_by_one) {
    constexpr int tiles = 7;
    Floats x(tiles * 256), sums(64);
    fill(x);
    bugs::copy_ring(x.data, sums.data, tiles, off_by_one);
    for (int t = 0; t < 64; ++t) {
        float expected = 0;
        for (int tile = 0; tile < tiles; ++tile)
            for (int i = 0; i < 4; ++i) expected += x.data[tile * 256 + (63 - t) * 4 + i];
        if (sums.data[t] != expected) return false;
    }
    return true;
}

bool multiplies_right(Ring ring) {
    constexpr int tiles = 7;
    Floats x(tiles * 64 * 32), d(64 * 64);
    fill(x);
    bugs::tma_ring(x.data, d.data, tiles, ring);
    for (int i = 0; i < 64; ++i)
        for (int j = 0; j < 64; ++j) {
            float expected = 0;
            for (int tile = 0; tile < tiles; ++tile)
                for (int k = 0; k < 8; ++k)
                    expected += x.data[(tile * 64 + i) * 32 + k] * x.data[(tile * 64 + j) * 32 + k];
            if (d.data[i * 64 + j] != expected) return false;
        }
    return true;
}

/// Whether a run is right; a report and an abort are not.
template <class F>
bool in_child_right(const Schedule& s, const F& right) {
    const test::Fate fate = test::in_child([&] {
        emulation::set_schedule(s);
        return right() ? 0 : 1;
    });
    return !fate.aborted && fate.exit_code == 0;
}

const Schedule late_in_order{};
const Schedule early_in_order{.late_copies = false, .late_tma = false, .late_wgmma = false, .late_proxies = false};

/// Late and early in every combination that matters, in every order.
std::vector<Schedule> many_schedules() {
    std::vector<Schedule> all;
    for (const Order order : {Order::forward, Order::reverse, Order::random})
        for (const std::uint32_t seed : {1u, 2u, 3u})
            for (const bool late_tma : {true, false})
                for (const bool late_wgmma : {true, false})
                    if (order == Order::random || seed == 1)
                        all.push_back({.order = order, .seed = seed, .late_tma = late_tma, .late_wgmma = late_wgmma});
    return all;
}

}  // namespace

TEST_SUITE("CUDA on the CPU: asynchronous mistakes") {
    TEST_CASE("rings without mistakes are right in every schedule") {
        for (const Schedule& s : many_schedules()) {
            CHECK(in_child_right(s, [] { return copies_right(false); }));
            CHECK(in_child_right(s, [] { return multiplies_right(Ring::right); }));
        }
    }
    TEST_CASE("cp_async_wait that is off by one") {
        CHECK_FALSE(in_child_right(late_in_order, [] { return copies_right(true); }));
        CHECK(in_child_right(early_in_order, [] { return copies_right(true); }));  // why copies are late
    }
    TEST_CASE("a slot that is filled without waiting for its release") {
        CHECK_FALSE(in_child_right(late_in_order, [] { return multiplies_right(Ring::never_waits); }));
    }
    TEST_CASE("a slot that is released before wgmma has read it") {
        int found = 0;
        for (const Schedule& s : many_schedules())
            found += !in_child_right(s, [] { return multiplies_right(Ring::released_early); });
        CHECK(found > 0);
    }
    TEST_CASE("nine mistakes with fences, barriers, registers and clusters") {
        for (int i = static_cast<int>(Mistake::none); i <= static_cast<int>(Mistake::two_thread_counts); ++i) {
            CAPTURE(i);
            const auto mistake = static_cast<Mistake>(i);
            const bool right = in_child_right(late_in_order, [&] {
                Floats box(256), out(256);
                fill(box);
                bugs::make_mistake(mistake, box.data, out.data);
                return std::all_of(out.data, out.data + 256, [](float v) { return v == 8.0f; });
            });
            CHECK(right == (mistake == Mistake::none));
        }
    }
}
