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

/// The same layers with this in the place of the zeros past the edges of the picture, for the first convolution alone:
/// deeper ones see less of it.
NetTable with_first_edges(NetTable table, PadMode beyond);

/// Whether the means of a net's channels over photographs are known: for vgg19.
bool has_known_means(const NetTable& table);

/// The same layers, those that styles and contents are usually taken from over the means of their channels over many
/// photographs, so that all channels count alike. They keep their names; what lies above reads what it did. A net whose
/// filters are rescaled, each by its mean, and those of the next layer by the inverse, answers the same in these
/// layers: ReLU and pools pass on a positive factor. A channel that is nearly always 0 counts as a hundredth of its
/// layer's mean.
///
/// throws    when the means are not known
/// paper     Gatys, Ecker & Bethge 2015, Texture synthesis using convolutional neural networks
NetTable with_unit_means(NetTable table);

/// The stride of the deepest of these layers, in pixels of the picture.
int whole_stride(const NetTable& table, const std::vector<std::string>& layers);

/// A net's weights behind other layers.
inline Net with_table(const Net& net, const NetTable& table) { return Net(table, net.weights()); }

}  // namespace gradus
