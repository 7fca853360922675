#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/graph.h"
#include "nets/table.h"
#include "ops/relu.h"
#include "weights/weights.h"

namespace gradus {

struct RecordOptions {
    DType activations = DType::f32;  // f32, bf16, or f64, which only the reference kernels compute
    ReluRule rule = ReluRule::plain;
    std::vector<std::string> wanted = {};  // recorded at once; the others when they are asked for
    /// Layers whose output is given instead of computed: what lies below them is recorded on top of these values.
    std::map<std::string, Var> given = {};
    /// Records a layer over its inputs in another way, or leaves it to the table: how training brings its own weights.
    std::function<std::optional<Var>(const LayerRow& row, const std::vector<Var>& in)> instead = {};
};

/// The layers of a net over one picture. Recording is lazy: a layer enters the graph, with all that it needs, when it
/// is first asked for; the weights of others are never read. Copies share the layers.
class Layers {
public:
    /// The output of a layer, under its Caffe name: "conv4_2" before its ReLU and "relu4_2" after,
    /// "inception_4c/output". "input" is the picture as it was given, "data" what the net makes of it first.
    ///
    /// shapes    (N,P,Q,C); of fully connected layers and "prob" (N,K)
    /// throws    for unknown layers, with the nearest names; where the file has no classifier; where the picture is too
    ///           small, or, for vgg16, vgg19 and lenet, not of the size that the classifier wants
    Var operator()(std::string_view layer) const;

    /// The class scores before the softmax, and after it: (N,K), f32 (f64 for f64).
    Var scores() const;
    Var probabilities() const;

private:
    friend class Net;
    struct State;
    explicit Layers(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

/// A network with its weights: a function from a picture to layers.
class Net {
public:
    Net(const NetTable& table, Weights weights);

    const std::string& name() const { return table_->name; }
    const NetTable& table() const { return *table_; }
    const Weights& weights() const { return weights_; }
    /// Whether the weights reach as far as the class scores.
    bool has_classifier() const;
    /// The layers that `weights` suffice for, in the order of the table.
    std::vector<std::string> layer_names() const;

    /// Records the preprocessing, and gives the layers. Gradients flow back to the picture.
    ///
    /// shapes    picture (N,H,W,3), RGB 0..1; lenet also takes (N,28,28,1), gray
    /// throws    when the picture is not of such a shape, or a layer is given that the net does not have
    Layers record(Var picture, const RecordOptions& options = {}) const;

private:
    std::shared_ptr<const NetTable> table_;
    Weights weights_;
};

/// The net of this name with the weights of a file, or with those found where weights are looked for
/// (weights/locate.h).
///
/// throws    for unknown nets and for missing weights: the message says where it looked and the command that gets them
/// A name that is a path, "flowers.safetensors" or "./x", is a file that says which net it is (nets/stored.h).
Net load_net(std::string_view name);
Net load_net(std::string_view name, const std::filesystem::path& weights);

/// The table of such a net; weights are needed where the name is a file only.
NetTable load_table(std::string_view name);
bool names_file(std::string_view name);

}  // namespace gradus
