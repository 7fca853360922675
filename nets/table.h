#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ops/pad.h"

namespace gradus {

enum class LayerKind { conv, relu, max_pool, avg_pool, global_average, lrn, concat, linear, softmax, scale };

const char* to_string(LayerKind kind);

/// One layer of a net, as data. Its name is the name of its output; its weights are "NAME.weight" and "NAME.bias".
struct LayerRow {
    LayerKind kind = LayerKind::relu;
    std::string name;
    std::vector<std::string> in;  // names of layers above it in the table; "data": the picture as the net wants it
    int channels = 0;             // of the output of conv and linear
    int size = 1, stride = 1, pad = 0;  // of conv and pools; linear looks at size x size pixels at once
    PadMode beyond = PadMode::zero;     // what conv and pools see past the edges of the picture
    std::vector<float> factors = {};    // of scale, one for each channel
};

/// What a net wants done to a picture, RGB 0..1: the channels in its own order, 0..255, minus a mean, times a factor.
struct Preprocessing {
    int size = 224;                 // the center crop that it was trained to classify
    std::vector<int> from;          // for each of its channels, the channel of the picture: {2, 1, 0} is BGR; {0}: gray
    std::vector<float> mean;        // of each of its channels, 0..255
    std::string mean_picture = {};  // or the tensor of a mean that differs from pixel to pixel
    float factor = 1;
};

/// One class that a net tells apart.
struct ClassLabel {
    std::string synset;  // "n02123045", WordNet's number; empty for digits
    std::string name;    // "tabby, tabby cat"

    /// The first of the synonyms: "tabby".
    std::string_view short_name() const { return std::string_view(name).substr(0, name.find(',')); }
};

/// A network without its weights.
struct NetTable {
    std::string name;
    std::string paper;
    Preprocessing input;
    std::vector<LayerRow> rows;    // each below all that it reads
    std::string scores;            // the layer of the class scores, before the softmax
    std::string usual_layer = {};  // what a dream amplifies unless told otherwise
    int classes = 1000;
    std::vector<ClassLabel> labels = {};  // where its file says what they are

    /// Null where there is no such layer.
    const LayerRow* find(std::string_view layer) const;
    std::vector<std::string> layer_names() const;
};

/// All nets that gradus knows.
std::span<const NetTable> net_tables();

/// throws    "no net "vgg"; the nearest are "vgg16" and "vgg19""
const NetTable& net_table(std::string_view name);

/// The same net with another number of classes.
NetTable with_classes(NetTable table, int classes);

// One file each:
NetTable googlenet();
NetTable vgg16();
NetTable vgg19();
NetTable squeezenet1_1();
NetTable lenet();
NetTable mini();

}  // namespace gradus
