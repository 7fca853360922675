#pragma once
#include "tools/techniques/unit_values.h"

namespace gradus {

/// The layer to look at, where none is named: the nearest ReLU or concatenation that everything passes on its way to
/// the unit's layer and that still has places; else the nearest other such layer. For a class: inception_5b/output of
/// GoogLeNet, relu5_3 of VGG-16.
///
/// throws    when nothing lies between the picture and the layer
std::string cam_layer(const NetTable& table, const std::string& layer, int height, int width);

/// Grad-CAM: where a layer holds what speaks for a unit. Each channel of the layer counts as much as the mean of the
/// unit's gradient over its places; the channels so weighted are summed, what speaks against is dropped, and the map is
/// enlarged to the picture, between its places bilinear.
///
///     w[k] = mean over p, q of d unit / d A[p,q,k];  map[p,q] = max(0, sum over k of w[k] A[p,q,k])
///
/// shapes    picture (1,H,W,3), layer A (1,P,Q,K) -> (1,H,W,1)
/// cost      one forward pass, and one forward and backward pass from the layer to the unit
/// throws    when the layer has no places, or the unit does not depend on it
/// paper     Selvaraju et al. 2017, Grad-CAM: visual explanations from deep networks
Tensor grad_cam(const NetRun& run, const Unit& unit, const Tensor& picture, const std::string& layer);

}  // namespace gradus
