#pragma once
#include <array>

#include "engine/graph.h"
#include "tools/image/image.h"

namespace gradus {

/// RGB from three numbers that vary independently in photographs: brightness, blue-yellow, green-magenta, about. The
/// columns are the principal axes of colors times their spread, divided by the longest column.
///
/// paper     Olah, Mordvintsev & Schubert 2017, Feature visualization
inline constexpr std::array<std::array<double, 3>, 3> color_axes = {
    {{0.562829, 0.194825, 0.043295}, {0.584476, 0.0, -0.108236}, {0.584476, -0.194825, 0.064942}}};

/// The inverse of color_axes, row by row.
std::array<std::array<double, 3>, 3> color_axes_inverse();

/// A matrix (3,3) that a row (1,3) of colors is multiplied by from the right; the unit matrix without `decorrelate`.
Tensor color_matrix(bool decorrelate);

/// What a sigmoid, after the matrix, makes a picture's colors of: (H,W,3) flat. Values nearer to 0 or 1 than half a
/// step of 8 bits are moved there first.
std::vector<float> colors_before_sigmoid(const Image& image, bool decorrelate);

}  // namespace gradus
