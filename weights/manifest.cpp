#include "weights/manifest.h"

#include <algorithm>

namespace gradus {
namespace {

constexpr std::string_view torchvision = "BSD-3-Clause (torchvision)";

// A SHA-1 comes from the model's own page; torchvision puts the first 8 digits of the SHA-256 into the file's name. The
// others publish none.
constexpr KnownFile files[] = {
    {"googlenet", "bvlc_googlenet.caffemodel", "http://dl.caffe.berkeleyvision.org/bvlc_googlenet.caffemodel", 53533754,
     "sha1:405fc5acd08a3bb12de8ee5e23a96bec22f08204", "unrestricted use (BVLC)", true},
    {"vgg16", "VGG_ILSVRC_16_layers.caffemodel",
     "http://www.robots.ox.ac.uk/~vgg/software/very_deep/caffe/VGG_ILSVRC_16_layers.caffemodel", 553432081, "",
     "CC BY 4.0 (Oxford VGG)", true},
    {"vgg19", "VGG_ILSVRC_19_layers.caffemodel",
     "http://www.robots.ox.ac.uk/~vgg/software/very_deep/caffe/VGG_ILSVRC_19_layers.caffemodel", 574671192, "",
     "CC BY 4.0 (Oxford VGG)", true},
    {"squeezenet1_1", "squeezenet_v1.1.caffemodel",
     "https://github.com/forresti/SqueezeNet/raw/a47b6f13d30985279789d08053d37013d67d131b/SqueezeNet_v1.1/"
     "squeezenet_v1.1.caffemodel",
     4950080, "", "BSD-2-Clause (DeepScale)", true},
    {"vgg16", "vgg16-397923af.pth", "https://download.pytorch.org/models/vgg16-397923af.pth", 553433881,
     "sha256:397923af", torchvision, false},
    {"vgg19", "vgg19-dcbb9e9d.pth", "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth", 574673361,
     "sha256:dcbb9e9d", torchvision, false},
    {"googlenet", "googlenet-1378be20.pth", "https://download.pytorch.org/models/googlenet-1378be20.pth", 0,
     "sha256:1378be20", torchvision, false},
};

}  // namespace

std::span<const KnownFile> known_files() { return files; }

const KnownFile* known_file(std::string_view net) {
    const auto found = std::ranges::find(files, net, &KnownFile::net);
    return found == std::end(files) ? nullptr : found;
}

}  // namespace gradus
