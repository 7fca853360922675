// Products of matrices on the CPU against the reference: every kernel of matmul.cu and every way it is cut, rows that
// lie apart, every schedule. The values are such that sums are exact: not a bit may differ.
#include "kernels/gram.h"
#include "kernels/matmul.h"
#include "tests/env.h"
#include "tests/kernels/emulated_tensor.h"

namespace {

using namespace gradus;
using namespace gradus::kernels;
using test::EmulatedTensor;

/// By plain arithmetic, or on tensor cores in TF32, which takes these values as they are.
struct Products {
    Matmul<float>* matmul;
    MatmulCudaScratchBytes* scratch_bytes;
    Gram* gram;
};
constexpr Products plain{cuda_on_cpu::matmul, cuda_on_cpu::matmul_scratch_bytes, cuda_on_cpu::gram},
    on_tensor_cores{cuda_on_cpu::matmul_mma, cuda_on_cpu::matmul_mma_scratch_bytes, cuda_on_cpu::gram_mma};

/// Rows lie `more` values further apart than they are long, the first `offset` values after an aligned address.
void multiplies(const Products& by, const MatmulShape& z, std::int64_t more, std::int64_t offset, int threads) {
    const auto matrix = [&](std::int64_t rows, std::int64_t columns, unsigned seed) {
        return EmulatedTensor<float>(rows, columns, columns + more, offset, seed);
    };
    const auto a = z.transpose_a ? matrix(z.K, z.M, 1) : matrix(z.M, z.K, 1);
    const auto b = z.transpose_b ? matrix(z.N, z.K, 2) : matrix(z.K, z.N, 2);
    const std::size_t bytes = by.scratch_bytes(z);
    const EmulatedTensor<float> scratch(1, static_cast<std::int64_t>(bytes / sizeof(float)) + 1, 0, 0, 3);
    for (const Write write : {Write::overwrite, Write::accumulate}) {
        EmulatedTensor<float> y(z.M, z.N, z.N, 0, 4), expected(z.M, z.N, z.N, 0, 4);
        by.matmul(a.in(), b.in(), y.at.data, z, write, reinterpret_cast<std::byte*>(scratch.memory),
                  {nullptr, threads});
        reference::matmul<float>(a.in(), b.in(), expected.at.data, z, write, nullptr, {nullptr, 2});
        CHECK(y == expected);
    }
}

void squares(const Products& by, const GramShape& s, std::int64_t more, int threads) {
    const EmulatedTensor<float> x(s.pictures * s.pixels, s.channels, s.channels + more, 0, 1);
    const std::size_t bytes = cuda_on_cpu::gram_scratch_bytes(s);
    const EmulatedTensor<float> scratch(1, static_cast<std::int64_t>(bytes / sizeof(float)), 0, 0, 3);
    const std::int64_t C = s.channels;
    for (const Write write : {Write::overwrite, Write::accumulate}) {
        EmulatedTensor<float> y(s.pictures * C, C, C, 0, 4), expected(s.pictures * C, C, C, 0, 4);
        by.gram(x.in(), y.at.data, s, write, reinterpret_cast<std::byte*>(scratch.memory), {nullptr, threads});
        for (std::int64_t i = 0; i < s.pictures; ++i) {
            const Pixels<const float> f{x.in()[i * s.pixels], x.at.stride};
            reference::matmul<float>(f, f, expected.at[i * C],
                                     {.M = C, .N = C, .K = s.pixels, .transpose_a = true, .transpose_b = false}, write,
                                     nullptr, {nullptr, 2});
        }
        CHECK(y == expected);
    }
}

}  // namespace

TEST_SUITE("CUDA on the CPU: products") {
    TEST_CASE("matmul agrees with the reference to the last bit") {
        struct Sizes {
            std::int64_t M, N, K;
        };
        test::in_every_order([](int threads) {
            // One value; few rows, in one part and in several; one tile and its neighbor, whole and by one too large;
            // a depth in parts.
            for (const auto& [M, N, K] : {Sizes{1, 1, 1},
                                          {1, 36, 40},
                                          {2, 513, 132},
                                          {3, 7, 300},
                                          {4, 64, 68},
                                          {64, 64, 16},
                                          {65, 130, 33},
                                          {5, 9, 1100}})
                for (const bool ta : {false, true})
                    for (const bool tb : {false, true})
                        for (const auto& [more, offset] : {std::pair{4, 4}, {3, 1}}) {
                            multiplies(plain, {M, N, K, ta, tb}, more, offset, threads);
                            multiplies(on_tensor_cores, {M, N, K, ta, tb}, more, offset, threads);
                        }
        });
    }
    TEST_CASE("matmul in wide tiles agrees with the reference to the last bit") {
        for (const bool ta : {false, true})
            for (const bool tb : {false, true})
                for (const auto& [M, N] : {std::pair{129, 8450}, {8450, 129}}) {
                    multiplies(plain, {M, N, 9, ta, tb}, 0, 0, 2);
                    multiplies(on_tensor_cores, {M, N, 9, ta, tb}, 0, 0, 2);
                }
    }
    TEST_CASE("hundreds of parts agree with the reference to the last bit") {
        multiplies(plain, {1, 9, 16400, false, false}, 0, 0, 2);
        multiplies(plain, {2, 8, 16400, true, false}, 3, 1, 2);
        squares(plain, {1, 35000, 3}, 1, 2);
    }
    TEST_CASE("gram agrees with the reference to the last bit") {
        test::in_every_order([](int threads) {
            // One tile; three; six, wide ones too; the pixels in parts.
            for (const GramShape& s : {GramShape{1, 1, 1}, {2, 30, 64}, {1, 33, 70}, {3, 20, 129}, {1, 700, 12}})
                for (const std::int64_t more : {4, 1}) {
                    squares(plain, s, more, threads);
                    squares(on_tensor_cores, s, more, threads);
                }
        });
        squares(plain, {44, 3, 130}, 2, 2);
        squares(on_tensor_cores, {44, 3, 130}, 2, 2);
    }
}
