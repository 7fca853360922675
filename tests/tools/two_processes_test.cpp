// What runs in each of two processes: processes_test.cpp starts them.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engine/error.h"
#include "engine/plan.h"
#include "ops/pointwise.h"
#include "tests/check.h"
#include "tests/tools/tiny_nets.h"
#include "tools/parallel/processes.h"
#include "tools/train/train_step.h"

using namespace gradus;

namespace {

bool not_two() {
    for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
        if (const char* text = std::getenv(variable)) return std::strcmp(text, "2") != 0;
    return true;
}

/// MPI starts once in a program.
const Processes& both() {
    static const Processes processes;
    return processes;
}

/// Pictures 0..3 of a batch, from `first` on, and their labels.
void fill(TrainStep& step, std::int64_t first) {
    const Shape all{4, 16, 16, 3};
    const Shape& shape = step.pictures().shape();
    const std::vector<float> values = test::noise(all.size(), 3);
    const auto each = static_cast<std::size_t>(all.size() / 4);
    std::vector<float> part(values.begin() + static_cast<std::ptrdiff_t>(each) * first,
                            values.begin() + static_cast<std::ptrdiff_t>(each) * (first + shape[0]));
    for (float& v : part) v = 0.5f + 0.5f * v;
    const Tensor pictures = Tensor(shape, part).to(step.pictures().dtype());
    std::memcpy(step.pictures().writable(), pictures.data(), pictures.spec().bytes());
    for (std::int64_t n = 0; n < shape[0]; ++n)
        step.labels().values_to_write<std::int32_t>()[static_cast<std::size_t>(n)] =
            static_cast<std::int32_t>((first + n) % 4);
}

struct Trained {
    TrainedNet net;
    TrainingState state;
    double loss = 0;
};

/// Gradients and moments of the whole batch in this process, or of this process's half of it, after so many steps
/// along the gradients of both.
Trained trained(DType numbers, bool half, int steps = 0) {
    TrainingOptions options{
        .dropout = 0.2, .seed = 9, .first = half ? 2 * both().rank() : 0, .numbers = numbers, .activations = numbers};
    if (half) options.shared = both().shared();
    TrainedNet net(test::tiny_net().table(), seeded_weights(), options);
    TrainingState state(net, {});
    TrainStep step(net, state, {half ? 2 : 4, 16, 16, 3}, 1, false, {});
    fill(step, half ? 2 * both().rank() : 0);
    double loss = step.gradients(0).loss;
    for (int i = 0; i < steps; ++i) {
        step.exchange();
        step.move(0.05f);
        loss = step.gradients(0).loss;
    }
    return {net, state, loss};
}

void check_halves(DType numbers, double moments_tolerance, double gradient_tolerance) {
    Trained whole = trained(numbers, false), half = trained(numbers, true);
    CHECK(std::abs(both().mean(half.loss) - whole.loss) <= gradient_tolerance * whole.loss);
    CHECK(half.loss != whole.loss);
    CHECK(whole.net.moments().size() == 2);
    for (const auto& moments : whole.net.moments())
        CHECK_MESSAGE(test::relative_error(half.net.moments().at(moments.first), moments.second) <= moments_tolerance,
                      moments.first);
    CHECK(whole.state.gradients.size() == 8);
    for (const auto& gradient : whole.state.gradients) {
        const std::string& name = gradient.first;
        Tensor& mine = half.state.gradients.at(name);
        CHECK_MESSAGE(test::relative_error(mine, gradient.second) > 0.01, name);  // half of the batch is not the batch
        both().mean(mine);
        CHECK_MESSAGE(test::relative_error(mine, gradient.second) <= gradient_tolerance, name);
    }
}

}  // namespace

TEST_SUITE("one of two processes" * doctest::skip(not_two())) {
    TEST_CASE("means of tensors, of every length") {
        REQUIRE(both().size() == 2);
        for (const std::int64_t n : {1, 2, 3, 1000, 600001}) {
            // Each process can tell what the other one has.
            const std::vector<float> a = test::noise(n, 1), b = test::noise(n, 2);
            Tensor t(Shape{n}, both().first() ? a : b);
            Tensor wide = t.to(DType::f64);
            both().mean(t);
            both().mean(wide);
            int wrong = 0;
            for (std::size_t i = 0; i < a.size(); ++i) {
                const double mean = (static_cast<double>(a[i]) + static_cast<double>(b[i])) / 2;
                wrong += wide.values<double>()[i] != mean || t.values<float>()[i] != static_cast<float>(mean);
            }
            CHECK(wrong == 0);
        }
        CHECK(both().mean(both().rank() + 1.0) == 1.5);
    }
    TEST_CASE("everybody gets what the first one has") {
        Tensor t(Spec(Shape{3}, DType::i32));
        for (std::int32_t& v : t.values_to_write<std::int32_t>()) v = 7 + both().rank();
        both().broadcast(t);
        for (const std::int32_t v : t.values<std::int32_t>()) CHECK(v == 7);
    }
    TEST_CASE("means inside of a plan, run after run") {
        Graph g;
        Tensor x({2}, {0, 0});
        const Var leaf = g.leaf(x), y = scale(mean_over_processes(scale(leaf, 2), both()), 3),
                  z = mean_over_processes(leaf, both());
        Plan plan(g, {y, z});
        for (int run = 0; run < 3; ++run) {
            const auto mine = static_cast<float>(run + both().rank());
            x.values_to_write<float>()[0] = mine;
            plan.run();
            const float mean = static_cast<float>(run) + 0.5f;
            CHECK(plan.read(y).values<float>()[0] == 6 * mean);
            CHECK(plan.read(z).values<float>()[0] == mean);
            CHECK(x.values<float>()[0] == mine);
        }
    }
    TEST_CASE("halves of a batch have the moments and the gradients of the whole, f32") {
        check_halves(DType::f32, 1e-6, 1e-5);
    }
    TEST_CASE("halves of a batch have the moments and the gradients of the whole, f64") {
        check_halves(DType::f64, 1e-13, 1e-12);
    }
    TEST_CASE("after twenty steps they are where one process is") {
        Trained whole = trained(DType::f32, false, 20), half = trained(DType::f32, true, 20);
        Trained start = trained(DType::f32, false);
        for (const auto& one : whole.net.parameters()) {
            CHECK_MESSAGE(test::relative_error(start.net.parameters().at(one.first), one.second) > 1e-3, one.first);
            CHECK_MESSAGE(test::relative_error(half.net.parameters().at(one.first), one.second) <= 1e-5, one.first);
        }
        for (const auto& one : whole.net.moments())
            CHECK_MESSAGE(test::relative_error(half.net.moments().at(one.first), one.second) <= 1e-5, one.first);
    }
}

TEST_SUITE("one of two processes while the other is killed" * doctest::skip(not_two())) {
    TEST_CASE("killed") {
        both().mean(1.0);
        if (both().first()) std::puts("both are here");
        std::fflush(stdout);
        both().mean(1.0);
        if (!both().first()) std::raise(SIGKILL);
        both().mean(1.0);
        std::puts("still here");
    }
}

TEST_SUITE("one of two processes while the other fails" * doctest::skip(not_two())) {
    TEST_CASE("fails") {
        try {
            const Processes processes;
            if (!processes.first()) throw Error("photos: no such folder");
            processes.mean(1.0);
            std::puts("still here");
        } catch (const Error& error) {  // as main() does
            std::puts(error.what());
            std::fflush(stdout);
            std::exit(1);
        }
    }
}
