#pragma once
#include <memory>
#include <vector>

#include "engine/plan.h"
#include "nets/net.h"
#include "tools/image/image.h"

namespace gradus {

struct ClassProbability {
    int index = 0;
    float probability = 0;
};

/// Names what is in a picture. One plan serves every picture: each is brought to the size that the net was trained for,
/// its shorter side to 256 (or what is needed for the crop), then cropped in the middle.
class Classifier {
public:
    /// throws    when the net's file has no classifier
    Classifier(const Net& net, DType activations, PlanOptions plans);

    /// The `top` most probable classes, most probable first.
    std::vector<ClassProbability> operator()(const Image& photo, int top);

    const Plan& plan() const { return *plan_; }
    Plan& plan() { return *plan_; }

private:
    PlanOptions plans_;
    int size_;
    Tensor picture_;
    Graph graph_;
    Var probabilities_ = {};
    std::unique_ptr<Plan> plan_;
};

}  // namespace gradus
