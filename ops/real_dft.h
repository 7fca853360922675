#pragma once
#include <vector>

#include "engine/graph.h"

namespace gradus {

/// A wave on n points: so many periods of a cosine or a sine. The cosine of 0 periods is the constant.
struct Wave {
    int periods;
    bool sine;
};

/// The n waves of a transform of n points, in the order of its numbers: cosines of an even number of periods, of an
/// odd one, then the sines of odd ones and of even ones, each by rising frequency.
std::vector<Wave> real_dft_waves(int n);

/// The discrete Fourier transform along an axis, in real numbers: number k is the column times wave k, as long as 1.
/// The waves are orthonormal, so lengths and angles stay what they are.
///
/// shapes    x (...,n,...): columns run along the axis -> y the same
/// gradient  dx = inverse_real_dft(dy, axis): reads nothing of x or y
/// cost      n/2 flops per value where n can be divided by 4, else 2 n; x read and y written once
/// throws    when x is not f32 (or f64), has no such axis or no point, or more than 16384 along the axis
Var real_dft(Var x, int axis = 0);

/// The columns whose waves count as the numbers say: real_dft backwards. Its gradient is real_dft(dy, axis).
Var inverse_real_dft(Var x, int axis = 0);

}  // namespace gradus
