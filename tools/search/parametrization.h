#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "engine/graph.h"
#include "kernels/box.h"
#include "tools/image/image.h"

namespace gradus {

/// How a picture is written down: as the numbers that a search moves. A step of one size in these numbers is another
/// step in pixels for each way of writing, and that is the point.
struct Parametrization {
    std::string name = {};
    /// The shape of the numbers of a picture of height x width.
    std::function<Shape(int height, int width)> shape = {};
    /// Where the numbers must stay.
    kernels::Box box = {};
    /// The picture that they mean: numbers -> (1,H,W,3), 0..1.
    std::function<Var(Var numbers, int height, int width)> picture = {};
    /// Numbers for a start from noise: the same ones for the same seed and item.
    std::function<Tensor(int height, int width, std::uint64_t seed, int item)> noise = {};
    /// Numbers that mean this picture, as nearly as they can.
    std::function<Tensor(const Image&)> encode = {};
};

struct PixelOptions {
    std::array<double, 3> middle = {0.5, 0.5, 0.5};  // of the start: the mean of each color
    double noise = 0.01;                             // and the standard deviation
    bool boxed = true;                               // else a search may leave 0..1, and only what is saved may not
};

/// The pixels themselves.
Parametrization pixels_as_they_are(const PixelOptions& options = {});

struct FourierOptions {
    double sigma = 0.01;      // of the start, in every frequency alike
    double decay_power = 1;   // a frequency f counts 1/f^decay_power: 1 makes all scales of a picture equally cheap
    bool decorrelate = true;  // colors along the axes on which those of photographs vary independently
};

/// Amounts of waves across the picture, in the orthonormal real Fourier basis, scaled by frequency; three decorrelated
/// colors; a sigmoid into 0..1. So a step changes large structures and small ones alike instead of single pixels.
///
/// shapes    numbers (H,W,3): frequency down, frequency across, color
/// cost      3/2 H W (H + W) flops where both sides can be divided by 4, four times as many where not; as many backward
/// paper     Olah, Mordvintsev & Schubert 2017, Feature visualization; its complex spectrum is this one turned, in each
///           pair of frequencies, by an orthogonal matrix. Only those of 0 and W/2 periods across, of which it holds
///           two halves and uses their mean, count sqrt 2 times as much here
Parametrization fourier(const FourierOptions& options = {});

struct LaplacianOptions {
    int levels = 4;      // the full size, a half, a quarter ...
    double sigma = 0.1;  // of the start, at each level
    bool decorrelate = true;
};

/// The sum of pictures of several sizes, each half the one before, enlarged; then colors and sigmoid as in `fourier`.
///
/// shapes    numbers: the levels one after the other, flat
/// paper     Burt & Adelson 1983, The Laplacian pyramid as a compact image code
Parametrization laplacian(const LaplacianOptions& options = {});

}  // namespace gradus
