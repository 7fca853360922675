#pragma once
#include <functional>
#include <string>

#include "engine/plan.h"

namespace gradus::bench {

/// What is timed: one call does it all once.
using Work = std::function<void()>;

enum class Passes { forward, gradient, both };

/// The convolutions of VGG-16 at 224 px, each by itself on random data of its own size: all forward, then all input
/// gradients. Filters were packed before, since plans do it once for many runs.
Work vgg16_convs(DType dtype, int threads, Passes passes);

/// The same in calls of oneDNN (activations NHWC, filters in the form it likes), without an engine around them.
///
/// throws    where gradus was built without oneDNN, or it declines a convolution
Work bare_onednn_convs(DType dtype, int threads);

/// A net to a layer and back at 224 px: the gradient of half the mean square by the picture, preprocessing included.
Work net_gradient(const std::string& net, const std::string& layer, DType dtype, int threads);

/// So many steps of `gradus visualize`: a channel of GoogLeNet's inception_4c/output at 224 pixels, with the defaults.
Work visualize_steps(int steps, DType dtype, int threads);

/// So many steps of `gradus style --optimizer adam`: the losses of neural-style on VGG-19 at 512 pixels.
Work style_steps(int steps, DType dtype, int threads);

/// A step of `gradus train classifier` with mini: forward, both gradients and momentum, on 64 pictures of 64 pixels.
Work training_step(DType dtype, int threads);

/// A photograph of this width dreamed with the defaults, from planning to the last step, without the reading of files.
Work whole_dream(const std::string& photo, int width, DType dtype, int threads);

/// One convolution of VGG-16 as it stands in the net.
struct Conv2dLayer {
    std::string name;
    std::int64_t side, C, K;  // side x side pixels, C channels in and K out; 3x3, stride 1, padding 1
    Tensor w, b;
};
std::vector<Conv2dLayer> vgg16_layers();

}  // namespace gradus::bench
