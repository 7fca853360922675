// The CUDA execution model as kernels/cuda_on_cpu runs it, and the bugs that it must find.
#include <cstring>
#include <numeric>
#include <vector>

#include "kernels/cuda_on_cpu/emulation.h"
#include "tests/env.h"
#include "tests/kernels/cuda_on_cpu_kernels.h"
#include "tests/kernels/died.h"

namespace {

using namespace gradus;
using kernels::emulation::Schedule;
namespace emulation = kernels::emulation;
namespace questions = kernels::cuda_on_cpu::questions;

/// An array of the emulated device.
template <class T>
struct Array {
    explicit Array(std::size_t n) : size(n), data(static_cast<T*>(emulation::allocate(n * sizeof(T)))) {}
    Array(std::size_t n, T value) : Array(n) { std::fill(data, data + n, value); }
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    ~Array() { emulation::deallocate(data); }
    std::vector<T> values() const { return {data, data + size}; }

    std::size_t size;
    T* data;
};

const Schedule schedules[] = {{.order = Schedule::Order::forward},
                              {.order = Schedule::Order::reverse},
                              {.order = Schedule::Order::random, .seed = 1},
                              {.order = Schedule::Order::random, .seed = 2}};

/// Asks under every schedule.
template <class F>
void under_every_schedule(const F& ask) {
    const Schedule before = emulation::schedule();
    for (const Schedule& s : schedules) {
        emulation::set_schedule(s);
        CAPTURE(static_cast<int>(s.order));
        ask();
    }
    emulation::set_schedule(before);
}

template <class F>
void dies(const F& f, std::initializer_list<const char*> parts) {
    const test::Fate fate = test::in_child([&] {
        f();
        return 0;
    });
    CHECK(fate.aborted);
    for (const char* part : parts) CHECK_MESSAGE(fate.message.find(part) != std::string::npos, fate.message);
}

/// What pass_to_the_left computes, without threads.
std::vector<unsigned> passed_to_the_left(std::vector<unsigned> v, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        const std::vector<unsigned> before = v;
        for (std::size_t k = 0; k < v.size(); ++k) v[k] += before[k / 96 * 96 + (k + 1) % 96];
    }
    return v;
}

bool passes_to_the_left(bool barriers, int os_threads) {
    Array<unsigned> x(480), y(480, 0);
    std::iota(x.data, x.data + 480, 1u);
    questions::pass_to_the_left(x.data, y.data, 5, barriers, os_threads);
    return y.values() == passed_to_the_left(x.values(), 5);
}

}  // namespace

TEST_SUITE("CUDA on the CPU") {
    TEST_CASE("grids and blocks have three dimensions") {
        under_every_schedule([] {
            for (const int os_threads : {1, 2}) {
                Array<std::int64_t> numbers(3 * 2 * 4 * 7 * 3 * 2, -1);
                questions::number_threads(numbers.data, 3, 2, 4, 7, 3, 2, os_threads);
                std::vector<std::int64_t> expected(numbers.size);
                std::iota(expected.begin(), expected.end(), 0);
                CHECK(numbers.values() == expected);
            }
        });
    }
    TEST_CASE("__syncthreads orders what threads write and read") {
        under_every_schedule([] {
            CHECK(passes_to_the_left(true, 1));
            CHECK(passes_to_the_left(true, 2));
        });
    }
    TEST_CASE("a missing barrier changes the result in some order") {
        int wrong = 0;
        under_every_schedule([&] { wrong += !passes_to_the_left(false, 1); });
        CHECK(wrong > 0);
    }
    TEST_CASE("shuffles") {
        under_every_schedule([] {
            Array<int> out(192);
            questions::shuffle(out.data);
            for (int i = 0; i < 32; ++i) {
                CAPTURE(i);
                CHECK(out.data[i] == 100 + (i ^ 5));
                CHECK(out.data[32 + i] == 100 + (i + 3 < 32 ? i + 3 : i));
                CHECK(out.data[64 + i] == 100 + (i >= 2 ? i - 2 : i));
                CHECK(out.data[96 + i] == 107);
                CHECK(out.data[128 + i] == 100 + (i ^ 1));
                CHECK(out.data[160 + i] == 100 + (i % 8 < 6 ? i + 2 : i));
            }
        });
    }
    TEST_CASE("votes") {
        under_every_schedule([] {
            Array<unsigned> out(7);
            questions::vote(out.data);
            CHECK(out.values() == std::vector<unsigned>{0xaaaaaaaau, 1, 0, 0xffffffffu, 0, 1, 0xff00u});
        });
    }
    TEST_CASE("atomics, and the last block to finish") {
        under_every_schedule([] {
            for (const int os_threads : {1, 2}) {
                Array<unsigned> out(4, 0), partial(37, 0), ticket(1, 0);
                questions::count(out.data, partial.data, ticket.data, 37, os_threads);
                const unsigned n = 37 * 64;
                CHECK(out.values() == std::vector<unsigned>{n, n * (n - 1) / 2, n - 1, 37 * 38 / 2});
            }
        });
    }
    TEST_CASE("sums and maxima over a block are the same in every order") {
        std::vector<double> first;
        under_every_schedule([&] {
            Array<double> x(3 * 128), sum(3), most(3);
            for (std::size_t i = 0; i < x.size; ++i) x.data[i] = 1.0 / static_cast<double>(i + 1) - 0.01;
            questions::block_sums(x.data, sum.data, most.data, 3);
            for (std::size_t b = 0; b < 3; ++b) {
                const double* of_block = x.data + 128 * b;
                CHECK(sum.data[b] == doctest::Approx(std::accumulate(of_block, of_block + 128, 0.0)).epsilon(1e-14));
                CHECK(most.data[b] == of_block[0]);
            }
            if (first.empty()) first = sum.values();
            CHECK(sum.values() == first);
        });
    }
    TEST_CASE("shared memory is NaN at the start of every block, and each template has its own") {
        under_every_schedule([] {
            for (const std::uint32_t bytes : {4u, 1000u, 232448u}) {
                Array<int> was_nan(3);
                questions::dynamic_shared(was_nan.data, bytes, 3);
                CHECK(was_nan.values() == std::vector<int>{1, 1, 1});
            }
            Array<int> out(4);
            questions::shared_of_templates(out.data);
            CHECK(out.values() == std::vector<int>{1, 0, 3, 2});
        });
    }
    TEST_CASE("device memory is NaN at first, aligned, and there may be a lot of it") {
        std::vector<void*> many;
        for (std::size_t i = 1; i <= 20000; ++i) {
            many.push_back(emulation::allocate(i));
            REQUIRE(many.back() != nullptr);
            CHECK(reinterpret_cast<std::uintptr_t>(many.back()) % (i % 64 == 0 ? 64 : 16) == 0);
            CHECK(static_cast<unsigned char*>(many.back())[i - 1] == 0xFF);
        }
        for (void* p : many) emulation::deallocate(p);
        CHECK(emulation::allocate(0) == nullptr);
    }

    TEST_CASE("an index one past the end names the launch, the block and the thread") {
        for (const int n : {4, 16, 400}) {
            Array<float> x(static_cast<std::size_t>(n));
            const std::string thread = "thread " + std::to_string(n) + ",0,0";
            dies([&] { questions::write_past_end(x.data, n); },
                 {"cuda_on_cpu_kernels.cu:", "(write_past_end)", "block 0,0,0", thread.c_str(),
                  "right at the end of the allocation of"});
        }
    }
    TEST_CASE("what the guard page does not see is found when the memory is given back") {
        dies(
            [] {
                Array<float> x(3);
                questions::write_past_end(x.data, 3);
            },
            {"past the end of the allocation of 12 bytes"});
    }
    TEST_CASE("a barrier that some never reach is a deadlock, and says who waits where") {
        dies([] { questions::divergent_barrier(); },
             {"deadlock", "(divergent_barrier)", "threads 0,0,0 to 31,0,0: __syncthreads at ",
              "cuda_on_cpu_kernels.cu:", "threads 64,0,0 to 95,0,0", "64 threads have ended, 64 have not"});
        dies([] { questions::divergent_shuffle(); }, {"deadlock", "threads 4,0,0 to 31,0,0: __shfl_xor_sync at "});
    }
    TEST_CASE("past the end of a shared array") {
        dies([] { questions::write_past_shared(); }, {"past the end of small (128 bytes of shared memory)"});
    }
    TEST_CASE("a shuffle from a lane that is not there") {
        Array<int> out(8);
        dies([&] { questions::shuffle_from_outside(out.data); }, {"reads lane 9"});
    }
    TEST_CASE("a thread's stack that overflows") {
        Array<int> out(1);
        dies([&] { questions::endless_recursion(out.data); }, {"(endless_recursion)", "overflowed"});
    }
}
