#pragma once
#include "tools/search/style_objectives.h"

namespace gradus {

/// The trace of the square root of a symmetric positive definite matrix, by 9 steps of the scaled Newton-Schulz
/// iteration: products only, no decomposition, and the gradient is that of these very steps.
///
/// Eigenvalues from 1/130^2 of the matrix' Frobenius norm upwards have their roots to 1e-7 and better; smaller ones
/// count too little, down to 0. 12 plain steps, as usual for this, make the smallest grow as much and find the others
/// less well. More steps would reach further down, and in f32 take the noise of zeros there, which may be negative, for
/// eigenvalues, and enlarge it without bound.
///
/// shapes    a (C,C) f32 or f64 -> (1)
/// gradient  exact, through the steps; keeps some 35 matrices
/// cost      23 products of 2 C^3 flops, backward twice as many
/// throws    when a is not square
/// paper     Chen & Chow 2014, A stable scaling of Newton-Schulz for improving the sign function computation of a
///           Hermitian matrix; Higham 2008, Functions of matrices, (6.35)
Var root_trace(Var a);

/// What is added to the variances of both styles, so that the distance has a slope where there is none: 1e-4 for the
/// features of a net whose pictures have a deviation of 1, so 255 x 0.225 of ours, squared, times that.
constexpr double wasserstein_little = 1e-4 * (255 * 0.225) * (255 * 0.225);

/// A matrix L with L L^T = the style's covariance, with that little on its diagonal: f64 (C,C).
///
/// cost      2/3 C^3 flops on the processor
Tensor root_of_covariance(const Style& style);

/// The squared Wasserstein-2 distance of two normal distributions, over C:
///
///     (|m - m0|^2 + tr(S + S0 - 2 (S0^1/2 S S0^1/2)^1/2)) / C,    S = covariance + little I
///
/// how far features have to be moved, in the mean, so that they are spread as the target's are. L^T S L has the
/// eigenvalues of S0^1/2 S S0^1/2 for any L with L L^T = S0: `root` is root_of_covariance(target).
///
/// shapes    mean (C), covariance (C,C): of values less their mean, since a Gram matrix less m m^T loses what a picture
///           without contrast has in rounding; root (C,C) -> (1)
/// cost      25 products of 2 C^3 flops, backward twice as many
/// paper     Olkin & Pukelsheim 1982, The distance between two random vectors with given dispersion matrices
Var wasserstein(Var mean, Var covariance, const Style& target, const Tensor& root);

}  // namespace gradus
