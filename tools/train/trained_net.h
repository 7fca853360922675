#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "nets/net.h"
#include "ops/batch_norm.h"

namespace gradus {

struct TrainingOptions {
    bool batch_norm = true;      // after every convolution, which then has no bias
    double dropout = 0;          // share of what falls away before a fully connected layer that reads no map of pixels
    std::uint64_t seed = 0;      // of what falls away
    int first = 0;               // the number, inside its part of a batch, of the first picture
    double moments_rate = 0.1;   // how fast the moments that are kept follow those of a batch
    DType numbers = DType::f32;  // of the parameters; f64 with the reference kernels
    DType activations = DType::f32;
    std::function<Var(Var)> shared = {};  // see ops/batch_norm.h: the mean over the processes that share a batch
};

/// A net as training sees it, over a batch of pictures.
struct TrainingLayers {
    Var scores;                             // (N,K)
    std::map<std::string, Var> parameters;  // the leaves, to ask for gradients
    std::vector<Var> moved;                 // the running moments; for a plan to be asked for
};

/// A net on its way: what training moves. Copies share the numbers.
///
///     conv1_1.weight (K,C,R,S)   conv1_1.gamma, conv1_1.beta (K)   conv1_1.moments (2,K)   fc.weight (K,F)   fc.bias
///     (K)
///
/// Convolutions have a bias instead of gamma, beta and moments where there is no batch norm. Weights of layers that are
/// fully connected lie as linear() reads them, (H,W,C).
class TrainedNet {
public:
    /// The start: weights, and biases where they are used, from `start`; gamma 1, beta 0, moments 0 and 1.
    TrainedNet(const NetTable& table, const Weights& start, const TrainingOptions& options);

    const NetTable& table() const { return table_; }
    const TrainingOptions& options() const { return options_; }
    /// By name; those that training moves, and the running means and variances of what batch norm saw.
    std::map<std::string, Tensor>& parameters() { return parameters_; }
    std::map<std::string, Tensor>& moments() { return moments_; }

    /// Records the net over pictures (N,H,W,C), RGB 0..1, with the moments of this batch. With dropout `draw`, i32 (1),
    /// numbers the parts of batches: what falls away follows from it and the picture's number inside of the part.
    TrainingLayers record(Var pictures, Var draw = {}) const;

    /// The weights that anybody can use, of such numbers, as files keep them: batch norm is folded into the convolution
    /// before it, w gamma / sqrt(variance + eps) and beta - mean gamma / sqrt(variance + eps).
    std::map<std::string, Tensor> folded(const std::map<std::string, Tensor>& parameters,
                                         const std::map<std::string, Tensor>& moments) const;

private:
    NetTable table_;
    TrainingOptions options_;
    std::map<std::string, Tensor> parameters_ = {}, moments_ = {};
    std::map<std::string, Shape> activations_ = {};  // (H,W,C) that a fully connected layer reads
};

/// A net of weights by name.
Net net_of(const NetTable& table, const std::map<std::string, Tensor>& weights);

}  // namespace gradus
