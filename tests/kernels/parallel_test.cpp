// parallel_for: every block once, whatever the number of threads, and nobody waits while blocks are left.
#include "kernels/cpu/parallel.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <vector>

using namespace gradus;

TEST_SUITE("parallel_for") {
    TEST_CASE("every block is done once, by a thread of the stream") {
        for (const int threads : {1, 2, 3, 5, 70})
            for (const int blocks : {0, 1, 2, 7, 64, 1000}) {
                CAPTURE(threads);
                CAPTURE(blocks);
                std::vector<std::atomic<int>> times(static_cast<std::size_t>(blocks));
                std::atomic<int> strangers = 0;
                kernels::cpu::parallel_for(Stream{nullptr, threads}, blocks, [&](std::int64_t block, int thread) {
                    ++times[static_cast<std::size_t>(block)];
                    if (thread < 0 || thread >= threads) ++strangers;
                });
                int once = 0;
                for (const std::atomic<int>& n : times) once += n == 1;
                CHECK(once == blocks);
                CHECK(strangers == 0);
            }
    }

#if defined(_OPENMP)
    TEST_CASE("who is done takes from the shares of the others") {
        // The first block waits for all others, those of its own thread's share too.
        std::atomic<int> done = 0;
        bool waited_in_vain = false;
        const auto start = std::chrono::steady_clock::now();
        kernels::cpu::parallel_for(Stream{nullptr, 2}, 20, [&](std::int64_t block, int) {
            if (block == 0)
                while (done < 19 && !waited_in_vain)
                    waited_in_vain = std::chrono::steady_clock::now() - start > std::chrono::seconds(20);
            ++done;
        });
        CHECK(!waited_in_vain);
        CHECK(done == 20);
    }
#endif
}
