#include "tools/train/evaluate.h"

#include <algorithm>

namespace gradus {

Accuracy evaluate(const Net& net, Loader& loader, const Shape& shape, DType activations, const PlanOptions& plans) {
    Tensor pictures{Spec(shape)}, labels{Spec(Shape{shape[0]}, DType::i32)};
    Graph graph;
    const Var scores = net.record(graph.leaf(pictures), {.activations = activations}).scores();
    Plan plan(graph, {scores}, plans);
    const auto classes = static_cast<std::size_t>(scores.shape().channels());
    Accuracy accuracy;
    loader.start_at(0, 0);
    for (int batch = 0; batch < loader.batches(); ++batch) {
        loader.next(pictures, labels);
        plan.run();
        const Tensor all = plan.read(scores);
        const auto right = labels.values<std::int32_t>();
        for (std::size_t n = 0; n < right.size(); ++n) {
            if (right[n] < 0) continue;  // no picture
            const auto mine = all.values<float>().subspan(n * classes, classes);
            const float own = mine[static_cast<std::size_t>(right[n])];
            const auto better = std::ranges::count_if(mine, [&](float s) { return s > own; });
            ++accuracy.pictures;
            accuracy.first += better == 0;
            accuracy.among_five += better < 5;
        }
    }
    return accuracy;
}

}  // namespace gradus
