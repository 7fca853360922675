#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "engine/plan.h"
#include "ops/adam_step.h"
#include "tools/train/trained_net.h"

namespace gradus {

struct OptimizerOptions {
    bool adam = false;      // else momentum
    double momentum = 0.9;  // how much of its speed a step keeps
    double decay = 5e-4;    // so much of each weight is added to its gradient; biases, gamma and beta decay not at all
    double average = 0;     // so much of the averaged numbers stays at each step; 0: none are kept
    double smoothing = 0;   // of the labels, see ops/cross_entropy.h
};

/// What is kept of a net from step to step, besides its own numbers. Copies share all of it.
struct TrainingState {
    TrainingState(TrainedNet& net, const OptimizerOptions& options);

    /// The averages are the net's numbers again, as they are at the start.
    void restart_averages(TrainedNet& net);

    OptimizerOptions options;
    std::map<std::string, Tensor> gradients;                 // of the parts of a batch so far
    std::map<std::string, Tensor> speed;                     // of momentum
    std::map<std::string, AdamState> adam;                   // or what Adam remembers
    std::map<std::string, Tensor> average, average_moments;  // of the net's numbers, where they are kept
};

/// Steps of training on batches of one size. Several, for pictures of several sizes, may share a net and a state.
///
/// cost      a forward pass, an input-gradient and a weight-gradient pass per part
class TrainStep {
public:
    /// A batch comes in so many parts, one after the other, whose gradients are averaged. `mixed`: each picture shows
    /// two, and has two labels.
    TrainStep(TrainedNet& net, TrainingState& state, const Shape& pictures, int parts, bool mixed,
              const PlanOptions& plans);
    ~TrainStep();
    TrainStep(TrainStep&&) noexcept;

    /// What the next part consists of, to be written: pictures (N,H,W,C), RGB 0..1, and their classes, i32 (N).
    Tensor& pictures();
    Tensor& labels();
    /// Null unless mixed. The first labels weigh so much, the second ones the rest.
    Tensor* second_labels();
    void set_weight(double weight);
    /// Numbers the next part among all parts of all batches: with dropout, what falls away follows from it.
    void set_draw(std::int32_t part);

    struct Outcome {
        double loss = 0;  // the mean over the part
        int right = 0;    // pictures whose own class has the highest score
    };
    /// Forward and backward over part 0, 1, ... of a batch.
    Outcome gradients(int part);
    /// Takes the means of all gradients over the processes that share the batch, where there are several.
    void exchange();
    /// Whether all gradients are finite.
    bool finite() const;
    /// One step along the gradients of all of them.
    void move(float rate);

    MemoryReport memory() const;
    /// From now on gradients() times its steps on part 0, for report().
    void profile();
    std::vector<StepReport> report() const;
    const std::deque<TimedRun>& timed_runs() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gradus
