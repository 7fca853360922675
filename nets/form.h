#pragma once
#include "nets/net.h"

namespace gradus {

/// The same layers with average pools in the place of max pools that make the picture smaller: gradients reach every
/// pixel, which makes smoother pictures.
///
/// paper     Gatys, Ecker & Bethge 2015, Texture synthesis using convolutional neural networks
NetTable with_average_pools(NetTable table);

/// The same layers on a picture without edges: past each one, every convolution and pool sees what lies at the opposite
/// one. What such a net likes can be laid side by side with itself, where the picture's sides are multiples of
/// `whole_stride`.
NetTable without_edges(NetTable table);

/// The stride of the deepest of these layers, in pixels of the picture.
int whole_stride(const NetTable& table, const std::vector<std::string>& layers);

/// A net's weights behind other layers.
inline Net with_table(const Net& net, const NetTable& table) { return Net(table, net.weights()); }

}  // namespace gradus
