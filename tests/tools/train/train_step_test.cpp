// Steps of training against PyTorch in double precision (tests/golden/make_training_golden.py), and against themselves:
// a batch in parts, Adam and averages by hand, two sizes of pictures over one net.
#include "tools/train/train_step.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "nets/chain.h"
#include "nets/seeded_weights.h"
#include "tests/check.h"
#include "tests/npy.h"

using namespace gradus;

namespace {

/// The numbers that the script makes.
Tensor numbers(const Shape& shape, int k) {
    std::vector<float> values(static_cast<std::size_t>(shape.size()));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = (static_cast<float>((7 * i * i + 37 * i + 11 * static_cast<std::size_t>(k)) % 127) - 63) / 256;
    return Tensor(shape, values);
}

TrainedNet small_net(DType numbers_type) {
    const Weights start("numbers", [](const std::string& name, const Shape& shape) {
        const std::vector<std::string> names{"conv1_1.weight", "conv1_2.weight", "conv2_1.weight", "fc.weight"};
        const auto place = std::find(names.begin(), names.end(), name) - names.begin();
        if (place < 4) return numbers(shape, static_cast<int>(place) + 1);
        return Tensor(shape, std::vector<float>(static_cast<std::size_t>(shape.size()), 0.0f));
    });
    return TrainedNet(chain("5k5s2,6,P,8k1", 4, 16), start, {.numbers = numbers_type, .activations = numbers_type});
}

void fill(TrainStep& step, int first = 0) {
    Tensor& pictures = step.pictures();
    const Shape shape = pictures.shape();
    std::int64_t i = 0;
    for (int n = first; n < first + static_cast<int>(shape[0]); ++n)
        for (int h = 0; h < shape[1]; ++h)
            for (int w = 0; w < shape[2]; ++w)
                for (int c = 0; c < 3; ++c, ++i) {
                    const double v = 0.5 + 0.4 * std::sin(1.3 * h + 0.7 * w * (c + 1) + c + 2.1 * n + 0.4);
                    if (pictures.dtype() == DType::f64)
                        pictures.values_to_write<double>()[static_cast<std::size_t>(i)] = v;
                    else
                        pictures.values_to_write<float>()[static_cast<std::size_t>(i)] = static_cast<float>(v);
                }
    const std::vector<std::int32_t> labels{2, 0, 3, 1, 2, 3};
    for (std::size_t n = 0; n < static_cast<std::size_t>(shape[0]); ++n)
        step.labels().values_to_write<std::int32_t>()[n] = labels[n + static_cast<std::size_t>(first)];
}

/// All of them in one row, in the order of their names.
Tensor row(const std::map<std::string, Tensor>& tensors) {
    std::vector<double> values;
    for (const auto& [name, tensor] : tensors) {
        const Tensor exact = tensor.to(DType::f64);
        const auto own = exact.values<double>();
        values.insert(values.end(), own.begin(), own.end());
    }
    Tensor all(Spec(Shape{static_cast<std::int64_t>(values.size())}, DType::f64));
    std::ranges::copy(values, all.values_to_write<double>().begin());
    return all;
}

constexpr OptimizerOptions like_the_script{.momentum = 0.9, .decay = 0.01, .smoothing = 0.1};

}  // namespace

TEST_SUITE("train step") {
    TEST_CASE("gradients, two steps and running moments are those of PyTorch") {
        for (const DType type : {DType::f64, DType::f32}) {
            const double tolerance = type == DType::f64 ? 1e-12 : 2e-5;
            CAPTURE(to_string(type));
            TrainedNet net = small_net(type);
            TrainingState state(net, like_the_script);
            TrainStep step(net, state, {3, 16, 16, 3}, 1, false, {});
            fill(step);
            const Tensor losses = test::golden("training/losses");
            CHECK(step.gradients(0).loss == doctest::Approx(losses.values<double>()[0]).epsilon(tolerance));
            CHECK(test::relative_error(row(state.gradients), test::golden("training/gradients")) <= tolerance);
            step.move(0.1f);
            CHECK(step.gradients(0).loss == doctest::Approx(losses.values<double>()[1]).epsilon(tolerance));
            step.move(0.1f);
            CHECK(test::relative_error(row(net.parameters()), test::golden("training/after")) <= tolerance);
            CHECK(test::relative_error(row(net.moments()), test::golden("training/moments")) <= tolerance);
        }
    }

    TEST_CASE("without batch norm a batch in parts has the gradient of the whole") {
        const auto gradients = [](int parts) {
            TrainedNet net(chain("5k5s2,6,P,8k1", 4, 16), seeded_weights(3), {.batch_norm = false});
            TrainingState state(net, {.momentum = 0, .decay = 0});
            TrainStep step(net, state, {6 / parts, 16, 16, 3}, parts, false, {});
            for (int part = 0; part < parts; ++part) {
                fill(step, part * 6 / parts);
                step.gradients(part);
            }
            const Tensor before = row(net.parameters());
            step.move(1);
            const Tensor after = row(net.parameters());
            Tensor moved(before.spec());
            for (std::size_t i = 0; i < before.values<double>().size(); ++i)
                moved.values_to_write<double>()[i] = before.values<double>()[i] - after.values<double>()[i];
            return moved;
        };
        const Tensor whole = gradients(1);
        CHECK(test::relative_error(gradients(3), whole) <= 1e-5);
        CHECK(test::relative_error(gradients(2), whole) <= 1e-5);
    }

    TEST_CASE("averages follow the numbers, and mixed labels weigh their losses") {
        TrainedNet net = small_net(DType::f32);
        TrainingState state(net, {.average = 0.75});
        TrainStep step(net, state, {3, 16, 16, 3}, 1, true, {});
        fill(step);
        std::ranges::copy(std::vector<std::int32_t>{1, 1, 0},
                          step.second_labels()->values_to_write<std::int32_t>().begin());
        step.set_weight(1);
        const double own = step.gradients(0).loss;
        step.set_weight(0);
        const double other = step.gradients(0).loss;
        step.set_weight(0.625);
        CHECK(step.gradients(0).loss == doctest::Approx(0.625 * own + 0.375 * other).epsilon(1e-6));
        CHECK(own != doctest::Approx(other));
        std::map<std::string, Tensor> expected;
        for (int i = 0; i < 3; ++i) {
            step.gradients(0);
            for (const auto& [name, tensor] : net.parameters()) {
                Tensor& mean = expected[name];
                const auto x = tensor.values<float>();
                if (!mean) mean = Tensor(tensor.shape(), x);
                auto to = mean.values_to_write<float>();
                for (std::size_t n = 0; n < to.size(); ++n) to[n] = 0.75f * to[n] + 0.25f * x[n];
            }
            step.move(0.1f);
        }
        CHECK(test::relative_error(row(state.average), row(expected)) <= 1e-6);
        CHECK(test::relative_error(row(state.average), row(net.parameters())) > 1e-3);
    }

    TEST_CASE("what is folded computes what the trained net does with its running moments") {
        TrainedNet net = small_net(DType::f32);
        // The moments of this very batch: then the folded net and the trained one see the same.
        TrainingState state(net, {});
        TrainedNet copy(net.table(), seeded_weights(), {.moments_rate = 1});
        for (auto& [name, tensor] : net.parameters()) copy.parameters()[name] = tensor;
        TrainStep step(copy, state, {3, 16, 16, 3}, 1, false, {});
        fill(step);
        step.gradients(0);
        Graph g;
        const Var pictures = g.leaf(step.pictures());
        const Tensor trained = value(copy.record(pictures).scores);
        const Net folded = net_of(copy.table(), copy.folded(copy.parameters(), copy.moments()));
        CHECK(test::relative_error(value(folded.record(pictures).scores()), trained) <= 2e-5);
    }

    TEST_CASE("batch norm does what the ReLU behind it would") {
        const TrainedNet net = small_net(DType::f32);
        Graph g;
        net.record(g.leaf(Tensor(Spec(Shape{1, 16, 16, 3}, DType::f32))));
        CHECK(std::ranges::count_if(g.nodes(), [](const Node& n) { return n.op->name == "relu"; }) == 0);
        CHECK(std::ranges::count_if(g.nodes(), [](const Node& n) { return n.op->name == "batch_norm"; }) == 3);
    }
}
