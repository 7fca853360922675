#include "ops/dropout.h"

#include <cmath>
#include <cstring>

#include "ops/arithmetic.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "ops/slice_channels.h"
#include "tests/cases/every_op.h"
#include "tests/check.h"

using namespace gradus;

namespace {

RandomKey key_at(Graph& g, std::int32_t step, int item = 0, std::uint64_t seed = 5) {
    return {.stream = "dropout", .seed = seed, .step = cases::whole_numbers(g, {1}, {step}), .item = item};
}

bool same_bytes(const Tensor& a, const Tensor& b) {
    return a.spec() == b.spec() && std::memcmp(a.data(), b.data(), a.spec().bytes()) == 0;
}

}  // namespace

TEST_SUITE("dropout") {
    TEST_CASE("keeps what random_uniform draws below `keep`, divided by it, in each type and by every kernel") {
        for (const Shape& shape : {Shape{1}, Shape{7}, Shape{3, 5}, Shape{2, 33, 65, 3}, Shape{3, 4096}})
            for (const double keep : {0.001, 0.25, 0.5, 0.8, 0.9999999}) {
                Graph g;
                const Tensor x = test::noise_tensor(shape);
                const Tensor u = value(random_uniform(shape, key_at(g, 3)), {.kernels = KernelFilter("reference")});
                for (const DType dtype : {DType::f32, DType::bf16}) {
                    const Tensor from = x.to(dtype), as_f32 = from.to(DType::f32);
                    std::vector<float> expected;
                    for (std::size_t i = 0; i < static_cast<std::size_t>(shape.size()); ++i)
                        expected.push_back(static_cast<double>(u.values<float>()[i]) < keep
                                               ? as_f32.values<float>()[i] / static_cast<float>(keep)
                                               : 0.0f);
                    const Tensor wanted = Tensor(shape, expected).to(dtype);
                    const Var y = dropout(g.leaf(from), key_at(g, 3), keep);
                    for (Device* device : test::devices()) {
                        CAPTURE(to_string(Spec(shape, dtype)));
                        CAPTURE(keep);
                        CAPTURE(device->name());
                        CHECK(same_bytes(value(y, {.device = device, .threads = 1}), wanted));
                        CHECK(same_bytes(value(y, {.device = device, .threads = 3}), wanted));
                    }
                }
            }
    }
    TEST_CASE("every kernel agrees with the reference, and the gradient with differences") {
        for (const Shape& shape : {Shape{1}, Shape{2, 3, 5, 7}, Shape{3, 1000}, Shape{1, 130, 130, 3}})
            test::check_op({.name = "dropout " + to_string(shape), .shapes = {shape}, .f = [](const auto& in) {
                                return dropout(in[0], key_at(*in[0].graph, 7), 0.6);
                            }});
    }
    TEST_CASE("takes slices of wider tensors") {
        test::check_op({.name = "dropout of a slice", .shapes = {{2, 5, 5, 12}}, .f = [](const auto& in) {
                            return dropout(slice_channels(in[0], 4, 8), key_at(*in[0].graph, 7), 0.6);
                        }});
    }
    TEST_CASE("the gradient passes where x passed, and nowhere else") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 501}));
        const Var y = dropout(x, key_at(g, 1), 0.5);
        const Tensor ones = value(dropout(g.leaf(Tensor({2, 501}, std::vector<float>(1002, 1))), key_at(g, 1), 0.5));
        CHECK(same_bytes(value(grad(sum(y), {x})[0]), ones));
    }
    TEST_CASE("drops NaN and infinity") {
        Graph g;
        const std::vector<float> wild(1000, std::nanf(""));
        const Tensor y = value(dropout(g.leaf(Tensor({1000}, wild)), key_at(g, 0), 0.5));
        int zeros = 0;
        for (const float v : y.values<float>()) zeros += v == 0;
        CHECK(zeros > 400);
        CHECK(zeros < 600);
    }
    TEST_CASE("an item of a batch keeps what it keeps alone; steps and seeds keep other things") {
        Graph g;
        const std::vector<float> ones(3 * 105, 1);
        const auto dropped = [&](int first, std::int64_t count, std::int32_t step, std::uint64_t seed) {
            const Tensor x({count, 5, 7, 3}, std::span(ones).first(static_cast<std::size_t>(count) * 105));
            return value(dropout(g.leaf(x), key_at(g, step, first, seed), 0.5));
        };
        const Tensor batch = dropped(4, 3, 2, 5);
        for (int k = 0; k < 3; ++k)
            CHECK(std::memcmp(dropped(4 + k, 1, 2, 5).data(), batch.values<float>().data() + k * 105,
                              105 * sizeof(float)) == 0);
        CHECK(!same_bytes(batch, dropped(4, 3, 3, 5)));
        CHECK(!same_bytes(batch, dropped(4, 3, 2, 6)));
        CHECK(!same_bytes(batch, dropped(5, 3, 2, 5)));
    }
    TEST_CASE("keeps the share that it should, and the mean, to five standard errors") {
        const std::int64_t n = 1 << 20;
        Graph g;
        const Tensor y =
            value(dropout(g.leaf(Tensor({n}, std::vector<float>(std::size_t{1} << 20, 1))), key_at(g, 0), 0.8));
        double mean = 0;
        for (const float v : y.values<float>()) mean += static_cast<double>(v) / static_cast<double>(n);
        CHECK(std::abs(mean - 1) <= 5 * std::sqrt(0.2 / 0.8 / static_cast<double>(n)));
    }
    TEST_CASE("works in place, forward and backward: takes no memory of its own") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 64, 64, 3}));
        const Var same = scale(x, 2), y = dropout(same, key_at(g, 1), 0.5);
        const Var plain = grad(sum(multiply(same, same)), {x})[0], through = grad(sum(multiply(y, y)), {x})[0];
        for (Device* device : test::devices()) {
            const auto arena = [&](Var v) { return Plan(g, {v}, {.device = device}).memory().arena; };
            CHECK(arena(y) == arena(same));
            CHECK(arena(through) <= arena(plain));
        }
    }
    TEST_CASE("keeping all records nothing; refuses other shares and other steps") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3}));
        CHECK(dropout(x, key_at(g, 0), 1).id == x.id);
        for (const double keep : {0.0, -0.5, 1.5, std::nan("")})
            test::check_refuses([&] { dropout(x, key_at(g, 0), keep); }, "expected a share of 0 < keep <= 1");
        test::check_refuses(
            [&] {
                dropout(x, {"a", 1, g.number(1)}, 0.5);
            },
            "dropout: was given the step f32 (1), expected i32 (1)");
        test::check_refuses([&] { dropout(x, {"a", 1, {}}, 0.5); }, "dropout: was given no step");
    }
}
