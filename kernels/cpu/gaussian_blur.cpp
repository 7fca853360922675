#include "kernels/gaussian_blur.h"

#include "kernels/cpu/simd.h"
#include "kernels/gaussian_bell.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

/// The taps of one axis of n pixels in `memory`, which it moves on: those of output i are inputs i - radius .. i +
/// radius, as far as there are such; what the bell finds beyond the border it finds folded back among these.
Taps<float> band(std::byte*& memory, const double* bell, i64 n, const BlurShape& s) {
    const i64 width = 2 * s.radius + 1;
    auto* first = reinterpret_cast<std::int32_t*>(memory);
    auto* count = first + n;
    auto* weights = reinterpret_cast<float*>(count + n);
    memory = reinterpret_cast<std::byte*>(weights + n * width);
    zero(weights, n * width);
    for (i64 i = 0; i < n; ++i) {
        first[i] = static_cast<std::int32_t>(most(0, i - s.radius));
        count[i] = static_cast<std::int32_t>(least(n, i + s.radius + 1)) - first[i];
    }
    for (i64 out = 0; out < n; ++out)
        for (i64 k = -s.radius; k <= s.radius; ++k) {
            const i64 in = border_source(out + k, n, s.border);
            if (in < 0) continue;
            const i64 row = s.transposed ? in : out, column = s.transposed ? out : in;
            weights[row * width + column - first[row]] += static_cast<float>(bell[k + s.radius]);
        }
    return {width, first, count, weights};
}

}  // namespace

void gaussian_blur(Pixels<const float> x, const float* sigma, Pixels<float> y, const BlurShape& s, Write write,
                   std::byte* scratch, Stream stream) {
    auto* bell = reinterpret_cast<double*>(scratch);
    gaussian_bell(bell, s.radius, static_cast<double>(*sigma));
    std::byte* memory = scratch + round_up((2 * s.radius + 1) * static_cast<i64>(sizeof(double)), 64);
    std::byte* tables = memory;
    const Taps<float> rows = band(memory, bell, s.H, s), columns = band(memory, bell, s.W, s);
    resample(x, y, {s.N, s.H, s.W, s.C, s.H, s.W}, rows, columns, write, tables + round_up(memory - tables, 64),
             stream);
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
