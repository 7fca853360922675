#include "tools/image/resample.h"

#include <algorithm>
#include <cmath>

namespace gradus {
namespace {

/// What each of `size` pixels along an axis reads of `length`: `count` pixels from `first`, with weights.
struct Taps {
    struct Pixel {
        int first, count;
    };
    std::vector<Pixel> pixels;
    std::vector<float> weights;  // `most` per pixel
    std::size_t most;

    Taps(int length, int size) {
        const double scale = static_cast<double>(length) / size, reach = std::max(scale, 1.0);
        most = static_cast<std::size_t>(2 * std::ceil(reach)) + 1;
        weights.resize(most * static_cast<std::size_t>(size));
        for (int i = 0; i < size; ++i) {
            const double center = (i + 0.5) * scale;
            const int first = std::max(0, static_cast<int>(center - reach + 0.5));
            const int end = std::min(length, static_cast<int>(center + reach + 0.5));
            float* own = of(i);
            const auto triangle = [&](int x) { return std::max(0.0, 1 - std::abs(x + 0.5 - center) / reach); };
            double sum = 0;
            for (int x = first; x < end; ++x) sum += triangle(x);
            for (int x = first; x < end; ++x) own[x - first] = static_cast<float>(triangle(x) / sum);
            pixels.push_back({first, end - first});
        }
    }
    float* of(int i) { return weights.data() + most * static_cast<std::size_t>(i); }
    const float* of(int i) const { return weights.data() + most * static_cast<std::size_t>(i); }
};

/// sum = the weighted rows of the part, brought to 0..1.
void mix_rows(const BytePicture& from, const PixelBox& part, Taps::Pixel rows, const float* weights,
              std::vector<float>& sum) {
    std::fill(sum.begin(), sum.end(), 0.0f);
    const std::size_t n = sum.size();
    for (int k = 0; k < rows.count; ++k) {
        const std::uint8_t* row = from.row(part.top + rows.first + k) + std::ptrdiff_t{part.left} * 3;
        const float w = weights[k] / 255.0f;
        float* to = sum.data();
        for (std::size_t i = 0; i < n; ++i) to[i] += w * static_cast<float>(row[i]);
    }
}

}  // namespace

void resample(const BytePicture& from, const PixelBox& part, std::span<const int> rows, std::span<const int> columns,
              float* to) {
    const Taps down(part.height(), static_cast<int>(rows.size())),
        across(part.width(), static_cast<int>(columns.size()));
    std::vector<float> mixed(static_cast<std::size_t>(part.width()) * 3);
    for (const int row : rows) {
        mix_rows(from, part, down.pixels[static_cast<std::size_t>(row)], down.of(row), mixed);
        for (const int column : columns) {
            const auto [first, count] = across.pixels[static_cast<std::size_t>(column)];
            const float *weights = across.of(column), *pixel = mixed.data() + std::ptrdiff_t{first} * 3;
            float r = 0, g = 0, b = 0;
            for (int k = 0; k < count; ++k, pixel += 3) {
                r += weights[k] * pixel[0];
                g += weights[k] * pixel[1];
                b += weights[k] * pixel[2];
            }
            to[0] = r, to[1] = g, to[2] = b;
            to += 3;
        }
    }
}

}  // namespace gradus
