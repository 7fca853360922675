// Conversions, mma.sync, ldmatrix and stmatrix, cp.async, named barriers.
#include <utility>

#include "bench/gpu/conformance/check.h"
#include "bench/gpu/conformance/suites.h"

namespace gradus::kernels::GRADUS_CUDA::conformance {
namespace {

__global__ void convert_kernel(const float* x, int n, std::uint32_t* tf32, std::uint32_t* as_bf16,
                               std::uint32_t* fp16) {
    for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) {
        tf32[i] = f32_to_tf32(x[i]);
        as_bf16[i] = pack_bf16(x[i], x[(i + 1) % n]);
        fp16[i] = pack_fp16(x[i], x[(i + 1) % n]);
    }
}

enum class Format { tf32, bf16, fp16 };

// Lane l has registers a[4 l ...], b[2 l ...], d[4 l ...].
template <Format format>
__global__ void mma_kernel(const std::uint32_t* a, const std::uint32_t* b, float* d) {
    const int lane = static_cast<int>(threadIdx.x);
    std::uint32_t left[4], right[2];
    float sum[4];
    for (int i = 0; i < 4; ++i) {
        left[i] = a[lane * 4 + i];
        sum[i] = d[lane * 4 + i];
    }
    for (int i = 0; i < 2; ++i) right[i] = b[lane * 2 + i];
    if constexpr (format == Format::tf32)
        mma_m16n8k8_tf32(sum, left, right);
    else if constexpr (format == Format::bf16)
        mma_m16n8k16_bf16(sum, left, right);
    else
        mma_m16n8k16_fp16(sum, left, right);
    for (int i = 0; i < 4; ++i) d[lane * 4 + i] = sum[i];
}

// 32 rows of 16 bytes; lane l names row 5 l modulo 32.
template <bool transposed>
__global__ void ldmatrix_kernel(const std::uint32_t* in, std::uint32_t* out) {
    GRADUS_DYNAMIC_SHARED(std::uint32_t, rows);
    const int lane = static_cast<int>(threadIdx.x);
    std::uint32_t r[4];
    for (int i = 0; i < 4; ++i) rows[lane * 4 + i] = in[lane * 4 + i];
    __syncwarp();
    ldmatrix_x4<transposed>(r, rows + lane * 5 % 32 * 4);
    for (int i = 0; i < 4; ++i) out[lane * 4 + i] = r[i];
}
template <bool transposed>
__global__ void stmatrix_kernel(const std::uint32_t* in, std::uint32_t* out) {
    GRADUS_DYNAMIC_SHARED(std::uint32_t, rows);
    const int lane = static_cast<int>(threadIdx.x);
    std::uint32_t r[4];
    for (int i = 0; i < 4; ++i) r[i] = in[lane * 4 + i];
    stmatrix_x4<transposed>(rows + lane * 5 % 32 * 4, r);
    __syncwarp();
    for (int i = 0; i < 4; ++i) out[lane * 4 + i] = rows[lane * 4 + i];
}

// Two groups; every third piece of 16 bytes is zeros.
__global__ void copy_kernel(const float* from, float* out) {
    GRADUS_DYNAMIC_SHARED(float, buffer);
    const int lane = static_cast<int>(threadIdx.x);
    for (int h = 0; h < 2; ++h) {
        cp_async16(buffer + (h * 32 + lane) * 4, from + (h * 32 + lane) * 4, (h + lane) % 3 != 0);
        cp_async_commit();
    }
    cp_async_wait<1>();
    __syncwarp();
    for (int i = 0; i < 4; ++i) out[lane * 4 + i] = buffer[(31 - lane) * 4 + i];
    cp_async_wait<0>();
    __syncwarp();
    for (int i = 0; i < 4; ++i) out[128 + lane * 4 + i] = buffer[128 + (31 - lane) * 4 + i];
}

// Warps 0 and 1 produce and go on, warps 2 and 3 consume.
__global__ void named_barrier_kernel(int* out) {
    GRADUS_SHARED(int, values, [64]);
    const int t = static_cast<int>(threadIdx.x);
    if (t < 64) {
        values[t] = t * 3;
        bar_arrive(1, 128);
    } else {
        bar_sync(1, 128);
        const int v = values[127 - t];
        bar_sync(2, 64);
        values[t - 64] = v;
        bar_sync(2, 64);
        out[t - 64] = values[(t - 59) % 64];
    }
}

std::uint32_t bf16_bits(float x) { return x != x ? 0x7fffu : round_to(x, 8, true) >> 16; }

/// By the definition of the format: 11 binary digits, steps of 2^-24 below 2^-14, nothing beyond 65504.
std::uint32_t fp16_bits(float x) {
    const std::uint32_t sign = std::signbit(x) ? 0x8000u : 0;
    if (x != x) return 0x7fffu;
    const double size = std::fabs(static_cast<double>(x));
    if (size >= 65520) return sign | 0x7c00u;
    int exponent = size < std::ldexp(1.0, -14) ? -14 : std::ilogb(size);
    auto steps = static_cast<std::uint32_t>(std::nearbyint(size / std::ldexp(1.0, exponent - 10)));
    return sign | (steps + static_cast<std::uint32_t>(exponent + 14) * 1024);
}

std::uint32_t pair(std::uint32_t lower, std::uint32_t upper) { return lower | upper << 16; }

template <Format format>
void check_products(const char* name) {
    constexpr int k = format == Format::tf32 ? 8 : 16;
    const auto left = smalls(16 * k), right = smalls(8 * k);
    auto sum = smalls(128);
    std::vector<float> expected(128);
    std::vector<std::uint32_t> a(128), b(64);
    const auto register_of = [&](const float* at) {  // the values from this one on
        if (format == Format::tf32) return bits(at[0]);
        return format == Format::bf16 ? pair(bf16_bits(at[0]), bf16_bits(at[1]))
                                      : pair(fp16_bits(at[0]), fp16_bits(at[1]));
    };
    const int per_register = k / 8;
    for (int l = 0; l < 32; ++l) {
        const int g = l / 4, t = l % 4 * per_register;
        for (int r = 0; r < 4; ++r) a[l * 4 + r] = register_of(&left[(g + r % 2 * 8) * k + r / 2 * (k / 2) + t]);
        for (int r = 0; r < 2; ++r) b[l * 2 + r] = register_of(&right[g * k + r * (k / 2) + t]);
        for (int r = 0; r < 4; ++r) {
            float s = sum[l * 4 + r];
            for (int i = 0; i < k; ++i) s += left[(g + r / 2 * 8) * k + i] * right[(l % 4 * 2 + r % 2) * k + i];
            expected[l * 4 + r] = s;
        }
    }
    const Array<std::uint32_t> device_a(a), device_b(b);
    const Array<float> d(sum);
    launch(mma_kernel<format>, {.threads = 32}, {}, device_a.data(), device_b.data(), d.data());
    check(name, d.values(), expected);
}

/// The place of value h of lane l in register m: row of the 32 that were named, and column.
std::pair<int, int> place(bool transposed, int m, int l, int h) {
    int row = l / 4, column = l % 4 * 2 + h;
    if (transposed) std::swap(row, column);
    return {(m * 8 + row) * 5 % 32, column};
}

template <bool transposed>
void check_ldmatrix(const char* name) {
    std::vector<std::uint32_t> in(128), expected(128);
    for (auto& v : in) v = next() << 8 ^ next();
    std::vector<std::uint16_t> values(256);
    std::memcpy(values.data(), in.data(), 512);
    for (int l = 0; l < 32; ++l)
        for (int m = 0; m < 4; ++m)
            for (int h = 0; h < 2; ++h) {
                const auto [row, column] = place(transposed, m, l, h);
                expected[l * 4 + m] |= static_cast<std::uint32_t>(values[row * 8 + column]) << (16 * h);
            }
    const Array<std::uint32_t> from(in), out(128);
    launch(ldmatrix_kernel<transposed>, {.threads = 32, .shared = 512}, {}, from.data(), out.data());
    check(name, out.values(), expected);
}

template <bool transposed>
void check_stmatrix(const char* name) {
    std::vector<std::uint32_t> in(128), expected(128);
    for (auto& v : in) v = next() << 8 ^ next();
    std::vector<std::uint16_t> values(256), stored(256);
    std::memcpy(values.data(), in.data(), 512);
    for (int l = 0; l < 32; ++l)
        for (int m = 0; m < 4; ++m)
            for (int h = 0; h < 2; ++h) {
                const auto [row, column] = place(transposed, m, l, h);
                stored[row * 8 + column] = values[(l * 4 + m) * 2 + h];
            }
    std::memcpy(expected.data(), stored.data(), 512);
    const Array<std::uint32_t> from(in), out(128);
    launch(stmatrix_kernel<transposed>, {.threads = 32, .shared = 512}, {}, from.data(), out.data());
    check(name, out.values(), expected);
}

}  // namespace

void check_conversions() {
    const auto x = special_numbers();
    const int n = static_cast<int>(x.size());
    std::vector<std::uint32_t> tf32, bf16s, fp16s;
    for (int i = 0; i < n; ++i) {
        const float other = x[(i + 1) % n];
        tf32.push_back(round_to(x[i], 11, false) & 0xffffe000u);
        bf16s.push_back(pair(bf16_bits(x[i]), bf16_bits(other)));
        fp16s.push_back(pair(fp16_bits(x[i]), fp16_bits(other)));
    }
    const Array<float> in(x);
    const Array<std::uint32_t> a(x.size()), b(x.size()), c(x.size());
    launch(convert_kernel, {.threads = 64}, {}, in.data(), n, a.data(), b.data(), c.data());
    check("cvt.rna.tf32", a.values(), tf32);
    check("cvt.rn.bf16x2", b.values(), bf16s);
    check("cvt.rn.f16x2", c.values(), fp16s);
}

void check_mma() {
    check_products<Format::tf32>("mma.m16n8k8 tf32");
    check_products<Format::bf16>("mma.m16n8k16 bf16");
    check_products<Format::fp16>("mma.m16n8k16 fp16");
}

void check_matrices(bool hopper) {
    check_ldmatrix<false>("ldmatrix.x4");
    check_ldmatrix<true>("ldmatrix.x4.trans");
    if (!hopper) return;
    check_stmatrix<false>("stmatrix.x4");
    check_stmatrix<true>("stmatrix.x4.trans");
}

void check_copies() {
    std::vector<float> from(256), expected(256);
    for (float& v : from) v = small() + 10;
    for (int h = 0; h < 2; ++h)
        for (int l = 0; l < 32; ++l)
            for (int i = 0; i < 4; ++i)
                expected[h * 128 + l * 4 + i] = (h + 31 - l) % 3 != 0 ? from[h * 128 + (31 - l) * 4 + i] : 0.0f;
    const Array<float> in(from), out(256);
    launch(copy_kernel, {.threads = 32, .shared = 1024}, {}, in.data(), out.data());
    check("cp.async, zeros, wait_group", out.values(), expected);
}

void check_barriers() {
    std::vector<int> expected(64);
    for (int i = 0; i < 64; ++i) expected[i] = (63 - (i + 5) % 64) * 3;
    const Array<int> out(64);
    launch(named_barrier_kernel, {.threads = 128}, {}, out.data());
    check("barrier.sync and arrive", out.values(), expected);
}

}  // namespace gradus::kernels::GRADUS_CUDA::conformance
