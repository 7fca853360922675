// A panel of columns at a time, in scratch that stays in the first-level caches. Waves of one symmetry need a product
// with the points of a quarter only; mirrored additions, before the product or after it, do the rest. So a transform
// takes a quarter of the multiplications of a product with the whole matrix.
#include "kernels/real_dft.h"

#include "kernels/cpu/gemm.h"
#include "kernels/cpu/parallel.h"

namespace gradus::kernels::cpu::GRADUS_ISA {
namespace {

static_assert(panel <= 32, "real_dft_scratch_bytes counts on it");

/// A panel of x or y: `columns` of its columns, at most as many as a panel has.
template <class T>
struct Columns {
    T* first;
    i64 stride, columns;
    GRADUS_INLINE T* at(i64 row, i64 v) const { return first + row * stride + v * lanes; }
    GRADUS_INLINE i64 left(i64 v) const { return columns - v * lanes; }
    GRADUS_INLINE vec read(i64 row, i64 v) const { return left(v) > 0 ? load(at(row, v), left(v)) : vec{}; }
};

GRADUS_INLINE void put(const Columns<float>& y, i64 row, i64 v, vec sum, bool add) {
    if (y.left(v) > 0) store(y.at(row, v), add ? y.read(row, v) + sum : sum, y.left(v));
}

/// What the waves of one symmetry see at each of their points.
void fold(const Columns<const float>& x, i64 n, const RealDftWaves& w, i64 vectors, float* to) {
    for (i64 i = w.start; i < w.start + w.points; ++i)
        for (i64 v = 0; v < vectors; ++v, to += lanes) {
            vec sum = x.read(i, v);
            if (w.points < n) {
                if (4 * i != n) sum += w.at_half_minus * x.read(n / 2 - i, v);
                if (i != 0) sum += w.at_minus * x.read(n - i, v);
                if (i != 0 && 4 * i != n) sum += w.at_half_plus * x.read(n / 2 + i, v);
            }
            store(to, sum);
        }
}

void analyze(const Columns<const float>& x, const float* waves, const Columns<float>& y, i64 n, i64 vectors, bool add,
             float* folded) {
    const RealDftSymmetries all = real_dft_symmetries(n);
    for (int k = 0; k < all.count; ++k) {
        const RealDftWaves& w = all.waves[k];
        if (w.count == 0) continue;  // of 4 points, no sine has 2 periods
        fold(x, n, w, vectors, folded);
        const auto out = [&]<int rows, int width>(i64 row, i64, const vec(&sum)[rows][width]) {
            for (int r = 0; r < rows; ++r)
                for (int v = 0; v < width; ++v) put(y, w.first + row + r, v, sum[r][v], add);
        };
        product(Left{waves + w.first * n + w.start, n}, w.count, Packed{folded, w.points}, w.points, vectors * lanes, 0,
                1, out);
    }
}

void synthesize(const Columns<const float>& x, const float* waves, const Columns<float>& y, i64 n, i64 vectors,
                bool add, float* numbers, float* made) {
    const RealDftSymmetries all = real_dft_symmetries(n);
    const i64 width = vectors * lanes;
    for (i64 k = 0; k < n; ++k)
        for (i64 v = 0; v < vectors; ++v) store(numbers + k * width + v * lanes, x.read(k, v));
    const float* part[4] = {};  // what each symmetry makes, its row 0 for point 0
    float* next = made;
    for (int k = 0; k < all.count; ++k, next += all.waves[k - 1].points * width) {
        const RealDftWaves& w = all.waves[k];
        if (w.count == 0) continue;
        product<Along::columns>(Left{waves + w.first * n + w.start, n}, w.points,
                                Packed{numbers + w.first * width, w.count}, w.count, width, 0, 1, Plain{next, width});
        part[k] = next - w.start * width;
    }
    const auto value = [&](int k, i64 i, i64 v) {
        const RealDftWaves& w = all.waves[k];
        return i >= w.start && i < w.start + w.points ? load(part[k] + i * width + v * lanes) : vec{};
    };
    if (all.count == 1) {
        for (i64 i = 0; i < n; ++i)
            for (i64 v = 0; v < vectors; ++v) put(y, i, v, value(0, i, v), add);
        return;
    }
    for (i64 i = 0; i <= n / 4; ++i)
        for (i64 v = 0; v < vectors; ++v) {
            const vec a = value(0, i, v), b = value(1, i, v), c = value(2, i, v), d = value(3, i, v);
            put(y, i, v, a + b + c + d, add);
            if (4 * i != n) put(y, n / 2 - i, v, a - b + c - d, add);
            if (i != 0) put(y, n - i, v, a + b - c - d, add);
            if (i != 0 && 4 * i != n) put(y, n / 2 + i, v, a - b - c + d, add);
        }
}

}  // namespace

void real_dft(const float* x, const float* waves, float* y, const RealDftShape& s, Write write, std::byte* scratch,
              Stream stream) {
    parallel_for(stream, ceil_div(s.columns, panel), [&](i64 task, int thread) {
        const i64 first = task * panel, columns = least(panel, s.columns - first), vectors = columns > lanes ? 2 : 1;
        const Columns<const float> from{x + first, s.columns, columns};
        const Columns<float> to{y + first, s.columns, columns};
        float* mine = reinterpret_cast<float*>(scratch) + 2 * s.n * panel * thread;
        if (s.inverse)
            synthesize(from, waves, to, s.n, vectors, write == Write::accumulate, mine, mine + s.n * panel);
        else
            analyze(from, waves, to, s.n, vectors, write == Write::accumulate, mine);
    });
}

}  // namespace gradus::kernels::cpu::GRADUS_ISA
