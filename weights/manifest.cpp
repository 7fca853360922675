#include "weights/manifest.h"

#include <algorithm>

namespace gradus {
namespace {

using enum KnownFile::Way;
constexpr std::string_view torchvision = "BSD-3-Clause (torchvision)", torch_style = "BSD-3-Clause (PyTorch examples)",
                           research = "research with attribution (Logan Engstrom)",
                           tf_page = "https://drive.google.com/drive/folders/0B9jhaT37ydSyRk9UX0wwX3BpMzQ";

#define GRADUS_ONNX_ZOO \
    "https://github.com/onnx/models/raw/main/validated/vision/style_transfer/fast_neural_style/model/"

// A SHA-1 comes from the model's own page; torchvision puts the first 8 digits of the SHA-256 into the file's name, the
// ONNX model zoo all of them into its manifest. The others publish none.
constexpr KnownFile files[] = {
    {"googlenet", "bvlc_googlenet.caffemodel", "http://dl.caffe.berkeleyvision.org/bvlc_googlenet.caffemodel", 53533754,
     "sha1:405fc5acd08a3bb12de8ee5e23a96bec22f08204", "unrestricted use (BVLC)", direct},
    {"vgg16", "VGG_ILSVRC_16_layers.caffemodel",
     "http://www.robots.ox.ac.uk/~vgg/software/very_deep/caffe/VGG_ILSVRC_16_layers.caffemodel", 553432081, "",
     "CC BY 4.0 (Oxford VGG)", direct},
    {"vgg19", "VGG_ILSVRC_19_layers.caffemodel",
     "http://www.robots.ox.ac.uk/~vgg/software/very_deep/caffe/VGG_ILSVRC_19_layers.caffemodel", 574671192, "",
     "CC BY 4.0 (Oxford VGG)", direct},
    {"squeezenet1_1", "squeezenet_v1.1.caffemodel",
     "https://github.com/forresti/SqueezeNet/raw/a47b6f13d30985279789d08053d37013d67d131b/SqueezeNet_v1.1/"
     "squeezenet_v1.1.caffemodel",
     4950080, "", "BSD-2-Clause (DeepScale)", direct},
    // Caffe's authors publish how it is trained, and no file.
    {"lenet", "lenet.caffemodel", "https://caffe.berkeleyvision.org/gathered/examples/mnist.html", 0, "",
     "BSD-2-Clause (Caffe)", foreign},
    {"vgg16", "vgg16-397923af.pth", "https://download.pytorch.org/models/vgg16-397923af.pth", 553433881,
     "sha256:397923af", torchvision, foreign},
    {"vgg19", "vgg19-dcbb9e9d.pth", "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth", 574673361,
     "sha256:dcbb9e9d", torchvision, foreign},
    {"googlenet", "googlenet-1378be20.pth", "https://download.pytorch.org/models/googlenet-1378be20.pth", 0,
     "sha256:1378be20", torchvision, foreign},

    {"tf-la-muse", "la_muse.ckpt", tf_page, 0, "", research, foreign},
    {"tf-rain-princess", "rain_princess.ckpt", tf_page, 0, "", research, foreign},
    {"tf-scream", "scream.ckpt", tf_page, 0, "", research, foreign},
    {"tf-udnie", "udnie.ckpt", tf_page, 0, "", research, foreign},
    {"tf-wave", "wave.ckpt", tf_page, 0, "", research, foreign},
    {"tf-wreck", "wreck.ckpt", tf_page, 0, "", research, foreign},
    {"torch-candy", "candy-9.onnx", GRADUS_ONNX_ZOO "candy-9.onnx", 6728029,
     "sha256:9d11a3529d1e547da6ae07201d93484dbab2ec0a3614535752c8f40f0fe2968a", torch_style, foreign},
    {"torch-mosaic", "mosaic-9.onnx", GRADUS_ONNX_ZOO "mosaic-9.onnx", 6728029,
     "sha256:fa646dedade881243f8d5a2ceb7de2b93675b21fc24f7482894ac4851a9a0a47", torch_style, foreign},
    {"torch-pointilism", "pointilism-9.onnx", GRADUS_ONNX_ZOO "pointilism-9.onnx", 6728029,
     "sha256:5ee2b8d4d6bc60a777f54e0fe96a1b717360a004b79d56c67390d4a975b14d98", torch_style, foreign},
    {"torch-rain-princess", "rain-princess-9.onnx", GRADUS_ONNX_ZOO "rain-princess-9.onnx", 6728029,
     "sha256:4162912e6f75fedef6f810ae989b9e10d3d5d43308dab34b027c850cf255e152", torch_style, foreign},
    {"torch-udnie", "udnie-9.onnx", GRADUS_ONNX_ZOO "udnie-9.onnx", 6728029,
     "sha256:8656b6ce7dec8f22ee13c2d557d6b67bd6f550dde88d0f2e7c9972aeb765cc0d", torch_style, foreign},
};
#undef GRADUS_ONNX_ZOO

}  // namespace

std::span<const KnownFile> known_files() { return files; }

const KnownFile* known_file(std::string_view net) {
    const auto found = std::ranges::find(files, net, &KnownFile::net);
    return found == std::end(files) ? nullptr : found;
}

const KnownFile* known_by_name(std::string_view file) {
    const auto found = std::ranges::find(files, file, &KnownFile::file);
    return found == std::end(files) ? nullptr : found;
}

std::vector<std::string> known_nets() {
    std::vector<std::string> nets;
    for (const KnownFile& known : files)
        if (std::ranges::find(nets, known.net) == nets.end()) nets.emplace_back(known.net);
    return nets;
}

std::vector<std::string_view> companions_of(std::string_view net) {
    if (net == "lenet") return {"lenet-mean.binaryproto"};
    const KnownFile* known = known_file(net);
    const bool of_imagenet = known != nullptr && known->way == direct;
    return of_imagenet ? std::vector<std::string_view>{"imagenet-labels.txt"} : std::vector<std::string_view>{};
}

}  // namespace gradus
