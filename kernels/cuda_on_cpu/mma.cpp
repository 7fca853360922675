#include "kernels/cuda_on_cpu/mma.h"

#include <cstring>
#include <utility>

#include "kernels/cuda_on_cpu/barrier.h"
#include "kernels/cuda_on_cpu/collective.h"
#include "kernels/cuda_on_cpu/number_formats.h"

namespace gradus::kernels::emulation {
namespace {

constexpr unsigned all_lanes = 0xffffffffu;

void whole_warp(const char* what) {
    if (lanes_expected(all_lanes) != 32) fail("%s needs a whole warp of 32 threads", what);
}

/// d[16 x 8] += a[16 x k] b[8 x k]^T, `per_register` operands in a register, the earlier k in its lower bits. Lane 4 g
/// + t holds rows g and g + 8 of a, column g of b, and columns 2 t and 2 t + 1 of d.
template <int k, class F>
void multiply(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2], const char* what,
              const F& value) {
    constexpr int per_register = k / 8, bits = 32 / per_register;
    struct Operand {
        float* d;
        const std::uint32_t *a, *b;
    } mine{d, a, b};
    whole_warp(what);
    meet_in_warp(all_lanes, &mine, {what, "", 0}, [&](Collective& c) {
        float left[16][k], right[8][k];
        for (int l = 0; l < 32; ++l) {
            const auto* of = static_cast<const Operand*>(c.operands[static_cast<std::size_t>(l)]);
            const int g = l / 4, t = l % 4;
            for (int h = 0; h < per_register; ++h) {
                const auto part = [&](std::uint32_t r) { return value(bits == 32 ? r : (r >> (16 * h) & 0xffffu)); };
                for (int i = 0; i < 4; ++i)
                    left[g + i % 2 * 8][t * per_register + h + i / 2 * (k / 2)] = part(of->a[i]);
                for (int i = 0; i < 2; ++i) right[g][t * per_register + h + i * (k / 2)] = part(of->b[i]);
            }
        }
        for (int l = 0; l < 32; ++l) {
            const auto* of = static_cast<const Operand*>(c.operands[static_cast<std::size_t>(l)]);
            for (int e = 0; e < 4; ++e) {
                float sum = 0;
                for (int i = 0; i < k; ++i) sum += left[l / 4 + e / 2 * 8][i] * right[l % 4 * 2 + e % 2][i];
                of->d[e] += sum;
            }
        }
    });
}

/// Four 8 x 8 matrices of 16 bits: lane i brings the address of row i % 8 of matrix i / 8, and lane l has two neighbors
/// of row l / 4 of every matrix (of a column, transposed).
void move_matrices(std::uint32_t* r, void* row, bool transposed, bool store, const char* what) {
    const Unseen unseen;
    whole_warp(what);
    if (reinterpret_cast<std::uintptr_t>(row) % 16 != 0) fail("%s: row %p does not lie on 16 bytes", what, row);
    if (!current->block->shared.holds_anywhere(row, 16)) fail("%s: %p does not lie in shared memory", what, row);
    struct Operand {
        std::uint32_t* r;
        char* row;
    } mine{r, static_cast<char*>(row)};
    meet_in_warp(all_lanes, &mine, {what, "", 0}, [&](Collective& c) {
        for (int l = 0; l < 32; ++l)
            for (int m = 0; m < 4; ++m)
                for (int h = 0; h < 2; ++h) {
                    int i = l / 4, j = l % 4 * 2 + h;
                    if (transposed) std::swap(i, j);
                    const auto* of_row = static_cast<const Operand*>(c.operands[static_cast<std::size_t>(m * 8 + i)]);
                    const auto* of_lane = static_cast<const Operand*>(c.operands[static_cast<std::size_t>(l)]);
                    char* in_memory = of_row->row + j * 2;
                    char* in_register = reinterpret_cast<char*>(&of_lane->r[m]) + h * 2;
                    if (store)
                        std::memcpy(in_memory, in_register, 2);
                    else
                        std::memcpy(in_register, in_memory, 2);
                }
    });
}

void check_named(const char* what, int id, int threads) {
    if (id < 1 || id > 15 || threads <= 0 || threads % 32 != 0)
        fail("%s(%d, %d): expected a barrier 1..15 and a multiple of 32 threads", what, id, threads);
}

}  // namespace

std::uint32_t f32_to_tf32(float x) {  // to the nearest, ties away, as ptxas expands it
    std::uint32_t u = __float_as_uint(x);
    if ((u & 0x7f800000u) != 0x7f800000u) u += 0x1000u;
    return u & 0xffffe000u;
}

std::uint32_t pack_bf16(float lower, float upper) {
    const auto bits = [](float x) -> std::uint32_t {
        const std::uint32_t u = __float_as_uint(x);
        return x != x ? 0x7fffu : (u + 0x7fffu + (u >> 16 & 1u)) >> 16;
    };
    return bits(lower) | bits(upper) << 16;
}

std::uint32_t pack_fp16(float lower, float upper) { return f32_to_fp16(lower) | f32_to_fp16(upper) << 16; }

void mma_m16n8k8_tf32(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
    multiply<8>(d, a, b, "mma.sync tf32", tf32_to_f32);
}
void mma_m16n8k16_bf16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
    multiply<16>(d, a, b, "mma.sync bf16", bf16_to_f32);
}
void mma_m16n8k16_fp16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
    multiply<16>(d, a, b, "mma.sync fp16", fp16_to_f32);
}

void load_matrices(std::uint32_t (&r)[4], const void* row, bool transposed) {
    move_matrices(r, const_cast<void*>(row), transposed, false, "ldmatrix");
}
void store_matrices(void* row, const std::uint32_t (&r)[4], bool transposed) {
    std::uint32_t copy[4] = {r[0], r[1], r[2], r[3]};
    move_matrices(copy, row, transposed, true, "stmatrix");
}

void bar_sync(int id, int threads, const char* file, int line) {
    check_named("bar_sync", id, threads);
    arrive(id, threads, true, {"bar_sync", file, line});
}
void bar_arrive(int id, int threads, const char* file, int line) {
    check_named("bar_arrive", id, threads);
    arrive(id, threads, false, {"bar_arrive", file, line});
}

}  // namespace gradus::kernels::emulation
