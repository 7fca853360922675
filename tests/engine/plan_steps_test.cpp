// What a plan promises to a loop of steps: everything is allocated before the second, and equal seeds give equal bytes.
#include <algorithm>
#include <cstring>

#include "engine/plan.h"
#include "ops/arithmetic.h"
#include "ops/assign.h"
#include "ops/conv2d.h"
#include "ops/increment.h"
#include "ops/lrn.h"
#include "ops/max_pool2d.h"
#include "ops/pointwise.h"
#include "ops/random.h"
#include "ops/reduce.h"
#include "ops/relu.h"
#include "ops/roll.h"
#include "tests/check.h"

using namespace gradus;

namespace {

/// How a device records a run: as it can, not at all, or as work that it keeps and does again.
enum class Recordings { own, none, kept };

/// Another device, how often it was asked for memory, and how often for a recorded run.
class Counting final : public Device {
public:
    explicit Counting(Device& device, Recordings recordings = Recordings::own)
        : device_(device), recordings_(recordings) {}
    int allocations() const { return allocations_; }
    int replays() const { return replays_; }

    DeviceKind kind() const override { return device_.kind(); }
    std::string name() const override { return device_.name(); }
    void* allocate(std::size_t bytes) override {
        ++allocations_;
        return device_.allocate(bytes);
    }
    void free(void* memory) noexcept override { device_.free(memory); }
    void copy_from_host(void* to, const void* from, std::size_t bytes) override {
        device_.copy_from_host(to, from, bytes);
    }
    void copy_to_host(void* to, const void* from, std::size_t bytes) override { device_.copy_to_host(to, from, bytes); }
    Stream stream(int threads) override { return device_.stream(threads); }
    std::shared_ptr<void> record(const std::function<void(Stream)>& work) override {
        if (recordings_ == Recordings::none) return nullptr;
        if (recordings_ == Recordings::own) return device_.record(work);
        return std::make_shared<std::function<void(Stream)>>(work);
    }
    void replay(void* recording) override {
        ++replays_;
        if (recordings_ == Recordings::own)
            device_.replay(recording);
        else
            (*static_cast<std::function<void(Stream)>*>(recording))(device_.stream(1));
    }
    void check() override { device_.check(); }
    void wait() override { device_.wait(); }
    int architecture() const override { return device_.architecture(); }
    bool has_wgmma() const override { return device_.has_wgmma(); }

private:
    Device& device_;
    Recordings recordings_;
    int allocations_ = 0, replays_ = 0;
};

/// A small dream: the picture jumps about and climbs, with momentum, along the gradient of what a few layers see.
struct Climb {
    Tensor picture = test::noise_tensor({1, 18, 22, 3}, 1), velocity = Tensor(Spec(Shape{1, 18, 22, 3})),
           steps_done = Tensor(Spec(Shape{1}, DType::i32));
    Tensor filters = test::noise_tensor({8, 3, 3, 3}, 2), more_filters = test::noise_tensor({16, 8, 3, 3}, 3);
    Graph graph;
    Var objective = {};
    std::unique_ptr<Plan> plan;

    Climb(Device& device, std::uint64_t seed) {
        const auto still = velocity.values_to_write<float>();
        std::fill(still.begin(), still.end(), 0.0f);
        steps_done.values_to_write<std::int32_t>()[0] = 0;
        Var x = graph.leaf(picture), v = graph.leaf(velocity), step = graph.leaf(steps_done);
        Var shift = random_int({2}, {.stream = "jitter", .seed = seed, .step = step}, -5, 6);
        Var noise = random_normal({1, 18, 22, 3}, {.stream = "noise", .seed = seed, .step = step}, 0, 0.01f);
        Var seen = relu(conv2d(add(roll(x, shift), noise), graph.leaf(filters), {}, {.pad = 1}));
        seen = lrn(max_pool2d(seen, {}));
        seen = relu(conv2d(seen, graph.leaf(more_filters), {}, {.pad = 1}));
        objective = scale(sum_squares(seen), 1e-3);
        Var gradient = grad(objective, {x})[0];
        Var faster = add(scale(v, 0.9), divide(gradient, add(mean(abs(gradient)), graph.number(1e-20f))));
        Var moved = clip(add(x, scale(faster, 0.01)), -1, 1);
        plan = std::make_unique<Plan>(
            graph, std::vector<Var>{objective, assign(x, moved), assign(v, faster), assign(step, increment(step))},
            PlanOptions{.device = &device, .threads = 2});
    }
};

}  // namespace

TEST_SUITE("steps of a plan") {
    TEST_CASE("nothing is allocated after the first, and the objective climbs") {
        for (Device* device : test::devices()) {
            CAPTURE(device->name());
            Counting counting(*device);
            Climb climb(counting, 1);
            climb.plan->run();
            const int first = counting.allocations();
            const double before = climb.plan->number(climb.objective);
            CHECK(first > 0);
            for (int step = 1; step < 6; ++step) {
                climb.plan->run();
                CHECK(counting.allocations() == first);
            }
            CHECK(climb.plan->number(climb.objective) > before);
        }
    }
    TEST_CASE("recorded runs and plain ones give the same bytes") {
        for (Device* device : test::devices()) {
            CAPTURE(device->name());
            std::vector<std::vector<float>> pictures;
            for (const Recordings how : {Recordings::none, Recordings::own, Recordings::kept}) {
                Counting counting(*device, how);
                Climb climb(counting, 1);
                for (int step = 0; step < 5; ++step) climb.plan->run();
                if (how == Recordings::none) CHECK(counting.replays() == 0);
                if (how == Recordings::kept) CHECK(counting.replays() == 4);
                const auto values = climb.picture.values<float>();
                pictures.emplace_back(values.begin(), values.end());
            }
            for (const auto& picture : pictures)
                CHECK(std::memcmp(picture.data(), pictures[0].data(), picture.size() * sizeof(float)) == 0);
        }
    }
    TEST_CASE("the same seed gives the same bytes, another one others") {
        for (Device* device : test::devices()) {
            CAPTURE(device->name());
            std::vector<std::vector<float>> pictures;
            for (const std::uint64_t seed : {1, 1, 2}) {
                Climb climb(*device, seed);
                for (int step = 0; step < 4; ++step) climb.plan->run();
                const auto values = climb.picture.values<float>();
                pictures.emplace_back(values.begin(), values.end());
            }
            const std::size_t bytes = pictures[0].size() * sizeof(float);
            CHECK(std::memcmp(pictures[0].data(), pictures[1].data(), bytes) == 0);
            CHECK(std::memcmp(pictures[0].data(), pictures[2].data(), bytes) != 0);
        }
    }
}
