#include "tools/train/augment.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "engine/require.h"
#include "tools/image/resample.h"
#include "tools/train/color_jitter.h"

namespace gradus {
namespace {

/// Which number decides what.
enum Element { area, aspect, left, top, flipped, right, down, brighter, contrasted, saturated, cut_column, cut_row };

/// 0..size-1 moved by `by`, mirrored at the ends.
std::vector<int> moved(int size, int by) {
    std::vector<int> at(static_cast<std::size_t>(size));
    for (int i = 0; i < size; ++i) {
        const int from = i + by;
        at[static_cast<std::size_t>(i)] = from < 0 ? -from : from >= size ? 2 * (size - 1) - from : from;
    }
    return at;
}

void cut_out(int side, int size, const Draws& draws, float* to) {
    const auto range = [&](Element e) {
        const int start = draws.below(e, size) - side / 2;
        return std::pair(std::max(start, 0), std::min(start + side, size));
    };
    const auto [first_column, end_column] = range(cut_column);
    const auto [first_row, end_row] = range(cut_row);
    for (int y = first_row; y < end_row; ++y)
        std::fill_n(to + (std::ptrdiff_t{y} * size + first_column) * 3, (end_column - first_column) * 3, 0.5f);
}

PixelBox middle(int width, int height) {
    const int side = std::min(width, height), x = (width - side) / 2, y = (height - side) / 2;
    return {y, x, y + side, x + side};
}

}  // namespace

void check_augment(const AugmentOptions& o, int size) {
    require(size >= 1, "train: was given samples of {} pixels a side, expected at least 1", size);
    require(o.least_area > 0 && o.least_area <= 1,
            "train: was given crops of at least {} of a picture, expected 0 to 1", o.least_area);
    require(o.most_aspect >= 1 && o.most_aspect <= 10,
            "train: was given crops up to {} times as wide as high, expected 1 to 10", o.most_aspect);
    require(o.shift >= 0 && o.shift < size,
            "train: was given a shift of {} pixels, expected 0 to {}, for samples of {}", o.shift, size - 1, size);
    require(o.cut_out >= 0 && o.cut_out <= size,
            "train: was asked to cut out {} pixels a side, expected 0 to {}, the sample's", o.cut_out, size);
    for (const auto& [name, value] : {std::pair("brightness", o.brightness), std::pair("contrast", o.contrast),
                                      std::pair("saturation", o.saturation)})
        require(value >= 0 && value <= 1, "train: was asked to change the {} by {}, expected 0 to 1", name, value);
}

PixelBox drawn_part(int width, int height, const AugmentOptions& o, const Draws& draws) {
    if (o.least_area >= 1 && o.most_aspect <= 1) return middle(width, height);
    const double pixels = static_cast<double>(width) * height;
    const double share = static_cast<double>(draws.uniform(area, static_cast<float>(o.least_area), 1));
    const double shape = std::pow(o.most_aspect, static_cast<double>(draws.uniform(aspect, -1, 1)));
    double w = std::sqrt(pixels * share * shape), h = w / shape;
    const double too_large = std::max({w / width, h / height, 1.0});
    const auto whole = [&](double side, int most) {
        return std::clamp(static_cast<int>(std::lround(side / too_large)), 1, most);
    };
    const int part_w = whole(w, width), part_h = whole(h, height);
    const int x = draws.below(left, width - part_w + 1), y = draws.below(top, height - part_h + 1);
    return {y, x, y + part_h, x + part_w};
}

void augment(const BytePicture& picture, int size, const AugmentOptions& o, const Draws& draws, float* to) {
    std::vector<int> columns = moved(size, draws.below(right, 2 * o.shift + 1) - o.shift);
    const std::vector<int> rows = moved(size, draws.below(down, 2 * o.shift + 1) - o.shift);
    if (o.flip && draws.below(flipped, 2) == 1) std::ranges::reverse(columns);
    resample(picture, drawn_part(picture.width, picture.height, o, draws), rows, columns, to);
    const auto factor = [&](Element e, double by) {
        return draws.uniform(e, static_cast<float>(1 - by), static_cast<float>(1 + by));
    };
    if (o.brightness > 0 || o.contrast > 0 || o.saturation > 0)
        change_colors({factor(brighter, o.brightness), factor(contrasted, o.contrast), factor(saturated, o.saturation)},
                      std::span(to, static_cast<std::size_t>(size) * static_cast<std::size_t>(size) * 3));
    if (o.cut_out > 0) cut_out(o.cut_out, size, draws, to);
}

void fit(const BytePicture& picture, int size, float* to) {
    const std::vector<int> all = moved(size, 0);
    resample(picture, middle(picture.width, picture.height), all, all, to);
}

}  // namespace gradus
