#pragma once
#include <array>

#include "engine/graph.h"
#include "tools/image/image.h"

namespace gradus {

/// The length of (0.26, 0.27, 0.27).
inline constexpr double longest_color_axis = 0.46195237849804394;

/// RGB from three numbers that vary independently in photographs: brightness, blue-yellow, green-magenta, about. The
/// columns are the principal axes of colors times their spread, divided by the longest column.
///
/// paper     Olah, Mordvintsev & Schubert 2017, Feature visualization
inline constexpr std::array<std::array<double, 3>, 3> color_axes = {
    {{0.26 / longest_color_axis, 0.09 / longest_color_axis, 0.02 / longest_color_axis},
     {0.27 / longest_color_axis, 0.0, -0.05 / longest_color_axis},
     {0.27 / longest_color_axis, -0.09 / longest_color_axis, 0.03 / longest_color_axis}}};

/// The inverse of color_axes, row by row.
std::array<std::array<double, 3>, 3> color_axes_inverse();

/// A matrix (3,3) that a row (1,3) of colors is multiplied by from the right; the unit matrix without `decorrelate`.
Tensor color_matrix(bool decorrelate);

/// What a sigmoid, after the matrix, makes a picture's colors of: (H,W,3) flat. Values nearer to 0 or 1 than half a
/// step of 8 bits are moved there first.
std::vector<float> colors_before_sigmoid(const Image& image, bool decorrelate);

}  // namespace gradus
