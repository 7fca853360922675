#pragma once
#include <functional>

#include "tools/techniques/unit_values.h"

namespace gradus {

/// What changes from run to run of a plan that takes samples.
struct Sampling {
    Var step;       // i32 (1): how many runs there were before this one
    Var done;       // f32 (1): how many samples they took
    int batch = 1;  // samples taken in one run
};

/// Records a batch of pictures: samples done, done + 1, ..., done + batch - 1.
using PicturesOf = std::function<Var(Graph&, const Sampling&)>;

/// How many pictures of this size to take in one run: ten, or fewer, so that they are not larger together than ten of
/// 384 x 384. It keeps all threads at work in the net's small layers.
int largest_batch(const Shape& picture);
/// The largest divisor of the number of samples that is no more than that.
int batch_of(int samples, const Shape& picture);

/// The gradient of a unit by the picture, averaged over pictures. One plan takes a batch of them a run and adds up
/// their gradients where it runs.
///
/// shapes    pictures (batch,H,W,3) -> (1,H,W,3)
/// units     of the unit, per 0..1 of a pixel
/// cost      `samples` forward and input-gradient passes
/// throws    unless samples are a multiple of batch
Tensor mean_gradient(const NetRun& run, const Unit& unit, int samples, int batch, const PicturesOf& pictures,
                     ReluRule rule = ReluRule::plain);

/// The gradient at one picture.
///
/// shapes    picture (1,H,W,3) -> the same
/// paper     Simonyan, Vedaldi & Zisserman 2014, Deep inside convolutional networks; with ReluRule::deconvnet Zeiler &
///           Fergus 2014, Visualizing and understanding convolutional networks; with ReluRule::guided Springenberg et
///           al. 2015, Striving for simplicity
Tensor unit_gradient(const NetRun& run, const Unit& unit, const Tensor& picture, ReluRule rule = ReluRule::plain);

}  // namespace gradus
