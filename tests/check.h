#pragma once
// What every op's test asks: does each kernel agree with the fp64 reference, forward and backward, alone and on top of
// what is there; and does the gradient agree with finite differences?
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "engine/plan.h"

namespace gradus::test {

/// Numbers in [-1, 1) that depend on nothing but the seed.
std::vector<float> noise(std::int64_t n, unsigned seed = 1);

/// A tensor of such numbers.
Tensor noise_tensor(Shape shape, unsigned seed = 1, DType dtype = DType::f32);

/// The sum of y times fixed random numbers, in f32 or f64: makes any value a loss.
Var project(Var y, unsigned seed = 7);

/// The sum of y times these numbers, one per element.
Var weighted_sum(Var y, std::vector<float> weights);

/// The relative error ||y - reference|| / ||reference||; infinite where y has a NaN.
double relative_error(const Tensor& y, const Tensor& reference);

struct OpCase {
    std::string name;
    std::vector<Shape> shapes;  // of the inputs
    /// Records the op (or a few) on inputs of those shapes.
    std::function<Var(const std::vector<Var>&)> f;
    /// The length of the sums inside, for the tolerance 3e-8 sqrt(length), at least 5e-7 (times `slack`: 3 for
    /// Winograd).
    double sum_length = 1;
    double slack = 1;
    /// Inputs closer to zero than this are moved away: f has no derivative there.
    double kink = 0;
    /// Makes the inputs suitable: positive for a logarithm, distinct for a maximum.
    std::function<void(std::vector<float>&, std::size_t input)> adjust = {};
    std::vector<int> differentiable = {0};  // the inputs to differentiate by
    bool bf16 = true;                       // inputs other than 0 stay f32
    bool tf32 = true;                       // kernels that round f32 to TF32 are tried, where a device has some
};

/// Where kernels are tested: the processor, the CUDA kernels on the processor, and a GPU where there is one.
/// GRADUS_TEST_DEVICES names them instead, with commas between.
const std::vector<Device*>& devices();

/// Every candidate of every op in the case, on every device, in f32, bf16 and TF32, against the fp64 reference:
/// forward, gradients, and gradients that are added on top of others; the fp64 gradient against central differences;
/// one thread against two, and CUDA kernels in three orders of their threads, byte by byte.
void check_op(const OpCase& c);

/// That recording it throws an Error that contains this text.
void check_refuses(const std::function<void()>& f, const std::string& text);

}  // namespace gradus::test
