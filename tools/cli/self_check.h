#pragma once
#include <string>
#include <vector>

#include "engine/device.h"

namespace gradus {

/// What was checked, and how far off it was.
struct Checked {
    std::string what;  // "cpu.winograd"
    double error = 0, allowed = 0;
    bool ok() const { return error <= allowed; }  // a NaN is not
};

/// GoogLeNet with seeded weights, 64 x 64 pixels, to its loss and back to the picture: with the kernels of each name
/// that the device has, wherever they serve, against the reference kernels in f64. The error is 1 - cosine of the two
/// gradients or the relative difference of the losses, whichever is larger.
std::vector<Checked> check_kernels(Device& device, int threads);

/// The f64 gradient of the same against central differences along three random directions.
Checked check_differences();

}  // namespace gradus
