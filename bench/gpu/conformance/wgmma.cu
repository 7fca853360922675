// wgmma: both formats, every width we use, every major and swizzle; groups in flight.
#include "bench/gpu/conformance/check.h"
#include "bench/gpu/conformance/suites.h"

namespace gradus::kernels::GRADUS_CUDA::conformance {
namespace {

/// The operands of one product: d[64 x n] = a[64 x depth] b[n x depth]^T, in blocks whose rows are `span` bytes long
/// (16: no swizzle), as TMA would write them.
template <bool tf32, bool a_mn, bool b_mn, int n, int span>
struct Case {
    static constexpr int element = tf32 ? 4 : 2;
    static constexpr int step = 32 / element;  // k of one instruction
    static constexpr int depth = span == 16 ? 2 * step : span / element;
    static constexpr int swizzle = span == 16 ? 0 : span;
    static constexpr int a_bytes = 64 * depth * element, b_bytes = n * depth * element;
};

/// The descriptor of the operand's k-th step; `rows` along M or N.
template <class C, int span>
__device__ std::uint64_t operand(std::uint32_t address, int rows, bool mn, int k) {
    const int block = (mn ? C::depth : rows) * span, atom = 8 * span;
    const int step = mn ? C::step * span : span == 16 ? 2 * block : 32;
    const bool swapped = mn && C::swizzle == 0;  // then the two strides change roles
    return wgmma_descriptor(address + static_cast<std::uint32_t>(k * step),
                            static_cast<std::uint32_t>(swapped ? atom : block),
                            static_cast<std::uint32_t>(swapped ? block : atom), C::swizzle);
}

// One warpgroup. The sums start as NaN and are overwritten by the first product: `first_adds` is 0, which the compiler
// must not know, or it would leave the NaN away.
template <bool tf32, bool a_mn, bool b_mn, int n, int span>
__global__ void __launch_bounds__(128)
    product_kernel(const std::uint32_t* a, const std::uint32_t* b, int first_adds, float* out) {
    using C = Case<tf32, a_mn, b_mn, n, span>;
    GRADUS_DYNAMIC_SHARED(unsigned char, shared);
    const int t = static_cast<int>(threadIdx.x);
    for (int i = t; i < C::a_bytes / 4; i += 128) reinterpret_cast<std::uint32_t*>(shared)[i] = a[i];
    for (int i = t; i < C::b_bytes / 4; i += 128) reinterpret_cast<std::uint32_t*>(shared + C::a_bytes)[i] = b[i];
    fence_proxy_async();
    __syncthreads();
    float d[n / 2];
#pragma unroll
    for (int i = 0; i < n / 2; ++i) d[i] = NAN;
    const std::uint32_t at = shared_address(shared);
    wgmma_hold(d);
    wgmma_fence();
#pragma unroll
    for (int k = 0; k < C::depth / C::step; ++k) {
        const std::uint64_t left = operand<C, span>(at, 64, a_mn, k),
                            right = operand<C, span>(at + C::a_bytes, n, b_mn, k);
        if constexpr (tf32)
            wgmma_tf32(d, left, right, k > 0 ? 1 : first_adds);
        else
            wgmma_bf16<a_mn, b_mn>(d, left, right, k > 0 ? 1 : first_adds);
    }
    wgmma_commit();
    wgmma_wait<0>();
    wgmma_hold(d);
#pragma unroll
    for (int e = 0; e < n / 2; ++e)
        out[(t / 32 * 16 + t % 32 / 4 + e / 2 % 2 * 8) * n + e / 4 * 8 + t % 4 * 2 + e % 2] = d[e];
}

// Two groups in flight, both added to what is there.
__global__ void __launch_bounds__(128) groups_kernel(const std::uint32_t* a, const std::uint32_t* b, float* out) {
    GRADUS_DYNAMIC_SHARED(unsigned char, shared);
    const int t = static_cast<int>(threadIdx.x);
    for (int i = t; i < 2048; i += 128) {
        reinterpret_cast<std::uint32_t*>(shared)[i] = a[i];
        reinterpret_cast<std::uint32_t*>(shared + 8192)[i] = b[i];
    }
    fence_proxy_async();
    __syncthreads();
    float d[32], e[32];
    const std::uint32_t at = shared_address(shared);
    const std::uint64_t left = wgmma_descriptor(at, 16, 1024, 128), right = wgmma_descriptor(at + 8192, 16, 1024, 128);
#pragma unroll
    for (int i = 0; i < 32; ++i) {
        d[i] = 5;
        e[i] = -7;
    }
    wgmma_hold(d);
    wgmma_hold(e);
    wgmma_fence();
    wgmma_tf32(d, left, right, 1);
    wgmma_commit();
    wgmma_tf32(e, right, left, 1);
    wgmma_commit();
    wgmma_wait<1>();
    wgmma_hold(d);
#pragma unroll
    for (int i = 0; i < 32; ++i) out[t * 64 + i] = d[i];
    wgmma_wait<0>();
    wgmma_hold(e);
#pragma unroll
    for (int i = 0; i < 32; ++i) out[t * 64 + 32 + i] = e[i];
}

template <bool tf32, bool a_mn, bool b_mn, int n, int span>
void check_product() {
    using C = Case<tf32, a_mn, b_mn, n, span>;
    constexpr int k = C::depth;
    const auto left = smalls(64 * k), right = smalls(n * k);
    const auto image = [](const std::vector<float>& v, int rows, bool mn) {
        std::vector<std::uint32_t> words(v.size() * C::element / 4);
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < k; ++j) {
                const int along = (mn ? i : j) * C::element, across = mn ? j : i;
                const int at = along / span * (mn ? k : rows) * span + across * span + along % span;
                const std::uint32_t u = bits(v[i * k + j]);
                std::memcpy(reinterpret_cast<char*>(words.data()) + swizzled_byte(at, span),
                            reinterpret_cast<const char*>(&u) + 4 - C::element, C::element);
            }
        return words;
    };
    std::vector<float> expected(64 * n);
    for (int i = 0; i < 64; ++i)
        for (int j = 0; j < n; ++j)
            for (int l = 0; l < k; ++l) expected[i * n + j] += left[i * k + l] * right[j * k + l];
    const Array<std::uint32_t> a(image(left, 64, a_mn)), b(image(right, n, b_mn));
    const Array<float> out(64 * n);
    launch(product_kernel<tf32, a_mn, b_mn, n, span>, {.threads = 128, .shared = C::a_bytes + C::b_bytes}, {}, a.data(),
           b.data(), 0, out.data());
    check(std::string("wgmma ") + (tf32 ? "tf32" : "bf16") + " n " + std::to_string(n) + (a_mn ? ", a M-major" : "") +
              (b_mn ? ", b N-major" : "") + ", rows of " + std::to_string(span),
          out.values(), expected);
}

template <int n, int span>
void check_majors() {
    check_product<false, false, false, n, span>();
    check_product<false, false, true, n, span>();
    check_product<false, true, false, n, span>();
    check_product<false, true, true, n, span>();
}

void check_groups() {
    const auto left = smalls(64 * 32), right = smalls(64 * 32);
    std::vector<std::uint32_t> a(2048), b(2048);
    for (int i = 0; i < 2048; ++i) {
        a[swizzled_byte(i * 4, 128) / 4] = bits(left[i]);
        b[swizzled_byte(i * 4, 128) / 4] = bits(right[i]);
    }
    std::vector<float> expected(128 * 64);
    for (int t = 0; t < 128; ++t)
        for (int e = 0; e < 32; ++e) {
            const int i = t / 32 * 16 + t % 32 / 4 + e / 2 % 2 * 8, j = e / 4 * 8 + t % 4 * 2 + e % 2;
            float d = 5, other = -7;
            for (int k = 0; k < 8; ++k) {
                d += left[i * 32 + k] * right[j * 32 + k];
                other += right[i * 32 + k] * left[j * 32 + k];
            }
            expected[t * 64 + e] = d;
            expected[t * 64 + 32 + e] = other;
        }
    const Array<std::uint32_t> device_a(a), device_b(b);
    const Array<float> out(expected.size());
    launch(groups_kernel, {.threads = 128, .shared = 16384}, {}, device_a.data(), device_b.data(), out.data());
    check("wgmma groups, wait for the older", out.values(), expected);
}

}  // namespace

void check_wgmma() {
    check_product<true, false, false, 64, 128>();
    check_product<true, false, false, 128, 128>();
    check_product<true, false, false, 256, 128>();
    check_product<true, false, false, 64, 64>();
    check_product<true, false, false, 128, 32>();
    check_product<true, false, false, 64, 16>();
    check_majors<64, 128>();
    check_majors<128, 128>();
    check_majors<256, 128>();
    check_majors<128, 64>();
    check_majors<128, 32>();
    check_majors<64, 16>();
    check_groups();
}

}  // namespace gradus::kernels::GRADUS_CUDA::conformance
