// wgmma: 128 threads multiply two matrices of shared memory, later.
#include <algorithm>
#include <cstring>

#include "kernels/cuda_on_cpu/collective.h"
#include "kernels/cuda_on_cpu/hopper.h"
#include "kernels/cuda_on_cpu/number_formats.h"

namespace gradus::kernels::emulation {
namespace {

Warpgroup& warpgroup(const char* what) {
    auto& all = current->block->warpgroups;
    if (all.empty())
        fail("%s in a block of %d threads, which are not whole warpgroups of 128", what, current->block->threads);
    return all[static_cast<std::size_t>(current->number / 128)];
}

template <class F>
void meet_in_warpgroup(void* operand, const char* what, const F& work) {
    const Unseen unseen;
    meet(warpgroup(what).collective, current->number % 128, 128, operand, {what, "", 0}, work);
}

struct Matrix {
    std::uint64_t descriptor;
    bool tf32, by_k;  // by_k: its rows in memory run along M or N, one per k
};

/// Element i (along M or N), k: the canonical layouts of the PTX ISA, then the swizzle on the address.
float element(const char* memory, std::size_t bytes, const Matrix& m, unsigned i, unsigned k) {
    constexpr unsigned spans[] = {16, 128, 64, 32};
    const std::uint64_t d = m.descriptor;
    const unsigned span = spans[d >> 62], size = m.tf32 ? 4 : 2;
    unsigned leading = static_cast<unsigned>(d >> 16 & 0x3fff) << 4, stride = static_cast<unsigned>(d >> 32 & 0x3fff)
                                                                              << 4;
    if (m.by_k && span == 16) std::swap(leading, stride);  // without swizzle the two change roles
    if ((d >> 49 & 7) != 0) fail("a wgmma descriptor with a base offset, which is not emulated");
    const unsigned along = (m.by_k ? i : k) * size, across = m.by_k ? k : i;
    unsigned at = static_cast<unsigned>(d & 0x3fff) << 4;
    at += along % span + along / span * leading + across % 8 * span + across / 8 * stride;
    at = swizzled(at, span > 16 ? span : 0);
    if (at + size > bytes) fail("a wgmma descriptor reaches byte %u of %zu of shared memory", at + size, bytes);
    std::uint32_t u = 0;
    std::memcpy(reinterpret_cast<char*>(&u) + 4 - size, memory + at, size);
    return m.tf32 ? tf32_to_f32(u) : __uint_as_float(u);
}

/// All values of a matrix of `rows` x k.
std::vector<float> values_of(const char* memory, std::size_t bytes, const Matrix& m, unsigned rows, unsigned k) {
    std::vector<float> v(rows * k);
    for (unsigned i = 0; i < rows; ++i)
        for (unsigned j = 0; j < k; ++j) v[i * k + j] = element(memory, bytes, m, i, j);
    return v;
}

struct Operand {
    float* d;
    std::uint64_t a, b;
    bool add;
};

}  // namespace

void wgmma(float* d, int values, std::uint64_t a, std::uint64_t b, bool add, bool tf32, bool a_by_k, bool b_by_k) {
    Operand mine{d, a, b, add};
    meet_in_warpgroup(&mine, "wgmma", [&](Collective& c) {
        std::array<float*, 128> to;
        for (std::size_t l = 0; l < 128; ++l) {
            const auto* of = static_cast<const Operand*>(c.operands[l]);
            to[l] = of->d;
            if (of->a != a || of->b != b || of->add != add)
                fail("wgmma: the threads of a warpgroup have different operands");
        }
        Warpgroup& w = warpgroup("wgmma");
        if (!w.fenced) fail("wgmma without a wgmma_fence since the last wait");
        SharedMemory& shared = current->block->shared;
        auto work = [=, memory = shared.async_view(), bytes = shared.dynamic_bytes()] {
            const unsigned n = 2 * static_cast<unsigned>(values), k = tf32 ? 8 : 16;
            const auto left = values_of(memory, bytes, {a, tf32, a_by_k}, 64, k);
            const auto right = values_of(memory, bytes, {b, tf32, b_by_k}, n, k);
            for (unsigned l = 0; l < 128; ++l)
                for (unsigned e = 0; e < static_cast<unsigned>(values); ++e) {
                    const unsigned row = l / 32 * 16 + l % 32 / 4 + e / 2 % 2 * 8,
                                   column = e / 4 * 8 + l % 4 * 2 + e % 2;
                    float sum = 0;
                    for (unsigned i = 0; i < k; ++i) sum += left[row * k + i] * right[column * k + i];
                    to[l][e] = (add ? to[l][e] : 0.0f) + sum;
                }
        };
        if (current->block->cluster->launch->schedule.late_wgmma)
            w.products.open.push_back(std::move(work));
        else
            work();
    });
}

void wgmma_fence() {
    meet_in_warpgroup(nullptr, "wgmma_fence", [](Collective&) { warpgroup("wgmma_fence").fenced = true; });
}
void wgmma_commit() {
    meet_in_warpgroup(nullptr, "wgmma_commit", [](Collective&) { warpgroup("wgmma_commit").products.commit(); });
}
void wait_for_wgmma(std::size_t keep) {
    meet_in_warpgroup(nullptr, "wgmma_wait", [keep](Collective&) {
        Warpgroup& w = warpgroup("wgmma_wait");
        w.fenced = false;
        w.products.wait(keep, [](const std::function<void()>& work) { work(); });
    });
}

void set_registers(int per_thread, bool more) {
    const Unseen unseen;
    Warpgroup& w = warpgroup("setmaxnreg");
    int& pool = current->block->free_registers;
    if (current->number % 128 == 0) {
        if (more ? per_thread < w.registers : per_thread > w.registers)
            fail("setmaxnreg from %d to %d registers: the wrong direction", w.registers, per_thread);
        const int needed = (per_thread - w.registers) * 128;
        while (pool < needed) wait_a_little({"setmaxnreg_inc", "", 0});
        pool -= needed;
        w.registers = per_thread;
        something_moved();
    }
    meet_in_warpgroup(nullptr, "setmaxnreg", [](Collective&) {});
}

Block& peer(std::uint32_t rank) {
    auto& blocks = current->block->cluster->blocks;
    if (rank >= blocks.size() || blocks[rank]->alive == 0)
        fail("block %u of the cluster is not there, or has ended", rank);
    return *blocks[rank];
}

}  // namespace gradus::kernels::emulation
