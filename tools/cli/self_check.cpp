#include "tools/cli/self_check.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/plan.h"
#include "engine/schedule.h"
#include "nets/net.h"
#include "nets/seeded_weights.h"
#include "ops/cross_entropy.h"

namespace gradus {
namespace {

constexpr int size = 64;
constexpr double allowed = 1e-4;

/// Numbers in [-1, 1) that depend on nothing but the seed.
std::vector<double> noise(std::size_t n, std::uint64_t seed) {
    std::vector<double> values(n);
    for (double& v : values) {  // the multiplier and the increment of Knuth's MMIX
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        v = static_cast<double>(seed >> 11) * 0x1p-52 - 1;
    }
    return values;
}

struct Lesson {
    Graph graph;
    Tensor picture;
    Var loss = {}, gradient = {};

    explicit Lesson(DType activations) : picture(Spec(Shape{1, size, size, 3}, DType::f64)) {
        const Net net(net_table("googlenet"), seeded_weights());
        const std::vector<double> values = noise(size * size * 3, 1);
        std::ranges::transform(values, picture.values_to_write<double>().begin(),
                               [](double v) { return 0.5 + 0.3 * v; });
        if (activations != DType::f64) picture = picture.to(DType::f32);
        const Var x = graph.leaf(picture);
        Tensor label(Spec(Shape{1}, DType::i32));
        label.values_to_write<std::int32_t>()[0] = 1;
        loss = cross_entropy(net.record(x, {.activations = activations}).scores(), graph.leaf(label));
        gradient = grad(loss, {x})[0];
    }
    std::vector<Var> outputs() const { return {loss, gradient}; }
};

struct Answer {
    double loss = 0;
    Tensor gradient;
};

Answer solved(const Lesson& lesson, PlanOptions options) {
    Plan plan(lesson.graph, lesson.outputs(), std::move(options));
    plan.run();
    return {plan.number(lesson.loss), plan.read(lesson.gradient).to(DType::f64)};
}

double difference(const Answer& a, const Answer& b) {
    const auto p = a.gradient.values<double>(), q = b.gradient.values<double>();
    double pq = 0, pp = 0, qq = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        pq += p[i] * q[i];
        pp += p[i] * p[i];
        qq += q[i] * q[i];
    }
    const double angle = 1 - pq / std::sqrt(pp * qq), loss = std::abs(a.loss - b.loss) / std::abs(b.loss);
    return angle >= loss || std::isnan(angle) ? angle : loss;
}

}  // namespace

std::vector<Checked> check_kernels(Device& device, int threads) {
    const Answer right = solved(Lesson(DType::f64), {.threads = threads});
    const Lesson lesson(DType::f32);
    std::set<std::string> names;
    const Plan plan(lesson.graph, lesson.outputs(), {.device = &device});
    for (const PlannedStep& step : plan.schedule().steps)
        for (const Candidate& candidate : step.op->candidates)
            if (candidate.on == device.kind() && (!candidate.declines || candidate.declines(step.problem).empty()))
                names.insert(candidate.name);
    std::vector<Checked> all;
    for (const std::string& name : names) {
        Checked checked{.what = name, .allowed = allowed};
        checked.error =
            difference(solved(lesson, {.device = &device, .threads = threads, .kernels = KernelFilter(name)}), right);
        all.push_back(std::move(checked));
    }
    return all;
}

Checked check_differences() {
    Lesson lesson(DType::f64);
    Plan plan(lesson.graph, lesson.outputs());
    plan.run();
    const Tensor gradient = plan.read(lesson.gradient);
    const std::vector<double> at(lesson.picture.values<double>().begin(), lesson.picture.values<double>().end());
    Checked checked{.what = "f64 gradient against central differences", .allowed = 1e-5};
    for (std::uint64_t direction = 0; direction < 3; ++direction) {
        const std::vector<double> v = noise(at.size(), 100 + direction);
        const auto moved = [&](double by) {
            const auto values = lesson.picture.values_to_write<double>();
            for (std::size_t i = 0; i < at.size(); ++i) values[i] = at[i] + by * v[i];
            plan.run();
            return plan.number(lesson.loss);
        };
        constexpr double step = 1e-7;  // small, or it steps over the kinks of ReLUs and maxima
        const double slope = (moved(step) - moved(-step)) / (2 * step);
        double along = 0, length = 0;
        for (std::size_t i = 0; i < at.size(); ++i) {
            along += gradient.values<double>()[i] * v[i];
            length += gradient.values<double>()[i] * gradient.values<double>()[i];
        }
        const double error = std::abs(along - slope) / std::sqrt(length / 3);  // v has a mean square of a third
        if (!(error <= checked.error)) checked.error = error;
    }
    return checked;
}

}  // namespace gradus
