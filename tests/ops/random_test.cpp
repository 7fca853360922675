#include "ops/random.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "kernels/distributions.h"
#include "kernels/philox.h"
#include "tests/check.h"

using namespace gradus;

namespace {

struct Draw {
    Graph g = {};
    Tensor step = Tensor(Spec(Shape{1}, DType::i32));

    explicit Draw(std::int32_t at = 0) { step.values_to_write<std::int32_t>()[0] = at; }
    RandomKey key(std::string stream = "test", std::uint64_t seed = 1, int item = 0) {
        return {std::move(stream), seed, g.leaf(step), item};
    }
};

bool same(const Tensor& a, const Tensor& b) {
    return a.spec() == b.spec() && std::memcmp(a.data(), b.data(), a.spec().bytes()) == 0;
}

struct Moments {
    double mean = 0, variance = 0, third = 0, fourth = 0;  // about the mean, in units of its deviation
};

Moments moments(const Tensor& t) {
    const Tensor exact = t.to(DType::f64);
    const auto v = exact.values<double>();
    const auto n = static_cast<double>(v.size());
    Moments m;
    for (const double x : v) m.mean += x / n;
    for (const double x : v) m.variance += (x - m.mean) * (x - m.mean) / n;
    for (const double x : v) {
        const double z = (x - m.mean) / std::sqrt(m.variance);
        m.third += z * z * z / n;
        m.fourth += z * z * z * z / n;
    }
    return m;
}

}  // namespace

TEST_SUITE("random") {
    TEST_CASE("Philox gives the numbers that its authors publish") {
        const auto check = [](kernels::Philox counter, std::uint64_t key, kernels::Philox expected) {
            const kernels::Philox got = kernels::philox(counter, key);
            for (int i = 0; i < 4; ++i) CHECK(got.word[i] == expected.word[i]);
        };
        check({{0, 0, 0, 0}}, 0, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
        check({{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}}, 0xffffffffffffffff,
              {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
        check({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0x299f31d0a4093822,
              {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
    }
    TEST_CASE("the logarithm and the circle are as exact as f32 can show") {
        for (const std::uint64_t n :
             {1ull, 2ull, 3ull, 1000ull, 0x5a82799aull, 0xb504f333ull, 0xffffffffull, 0x100000000ull}) {
            const double exact = std::log(static_cast<double>(n) * 0x1p-32);
            CHECK(std::abs(kernels::log_of_fraction(n) - exact) <= 1e-10 * std::abs(exact));
        }
        for (std::uint32_t i = 0; i < 4096; ++i) {
            const std::uint32_t turn = i * 0x00100001u;
            const double angle = static_cast<double>(turn) * 0x1p-32 * 2 * std::acos(-1.0);
            CHECK(std::abs(kernels::cosine_sine_of_turn(turn).cosine - std::cos(angle)) <= 2e-12);
            CHECK(std::abs(kernels::cosine_sine_of_turn(turn).sine - std::sin(angle)) <= 2e-12);
        }
    }
    TEST_CASE("the numbers are these, on every machine") {
        // From a few lines of Python that follow the documentation; item 0, step 3, stream "test", seed 1.
        Draw d(3);
        const Tensor u = value(random_uniform({5}, d.key(), -1, 1)), z = value(random_normal({5}, d.key())),
                     i = value(random_int({5}, d.key(), -32, 33));
        const float uniform[] = {-0.384231329f, -0.222874165f, 0.233512163f, 0.366095066f, -0.688897729f},
                    normal[] = {-1.17381454f, 0.989050806f, -0.401490986f, -0.897423148f, 1.09861064f};
        const std::int32_t whole[] = {-12, -7, 8, 12, -22};
        for (std::size_t k = 0; k < 5; ++k) {
            CHECK(u.values<float>()[k] == uniform[k]);
            CHECK(z.values<float>()[k] == normal[k]);
            CHECK(i.values<std::int32_t>()[k] == whole[k]);
        }
    }
    TEST_CASE("every kernel draws the same bits, whatever the threads") {
        for (const Shape& shape : {Shape{1}, Shape{2}, Shape{3, 7}, Shape{2, 33, 65, 3}, Shape{1, 200, 200, 1}}) {
            Draw d(12);
            CAPTURE(to_string(shape));
            for (const Var y : {random_uniform(shape, d.key(), -2, 5), random_normal(shape, d.key(), 1, 0.1f),
                                random_int(shape, d.key(), -32, 33)}) {
                const Tensor one = value(y, {.threads = 1});
                CHECK(same(one, value(y, {.threads = 3})));
                CHECK(same(one, value(y, {.threads = 1, .kernels = KernelFilter("reference")})));
            }
        }
    }
    TEST_CASE("picture k of a batch gets the numbers that it gets alone") {
        Draw d;
        const Tensor batch = value(random_normal({3, 5, 7, 3}, d.key("start", 9, 4)));
        for (int k = 0; k < 3; ++k) {
            const Tensor alone = value(random_normal({1, 5, 7, 3}, d.key("start", 9, 4 + k)));
            CHECK(std::memcmp(alone.data(), batch.values<float>().data() + k * 105, 105 * sizeof(float)) == 0);
        }
        CHECK(value(random_int({2}, d.key("jitter"), -32, 33)).values<std::int32_t>()[1] ==
              value(random_int({4, 2}, d.key("jitter"), -32, 33)).values<std::int32_t>()[1]);
    }
    TEST_CASE("streams, seeds, steps and items differ; the same key gives the same") {
        std::set<float> seen;
        for (const char* stream : {"a", "b", "ab", ""})
            for (const std::uint64_t seed : {0ull, 1ull, 0x100000000ull})
                for (const std::int32_t step : {0, 1, -1})
                    for (const int item : {0, 1}) {
                        Draw d(step);
                        seen.insert(value(random_normal({1}, d.key(stream, seed, item))).values<float>()[0]);
                    }
        CHECK(seen.size() == 72);
    }
    TEST_CASE("one plan draws anew when the step has moved") {
        Draw d;
        const Var y = random_uniform({4}, d.key());
        Plan plan(d.g, {y});
        plan.run();
        const Tensor first = plan.read(y);
        d.step.values_to_write<std::int32_t>()[0] = 1;
        plan.run();
        CHECK(!same(first, plan.read(y)));
        d.step.values_to_write<std::int32_t>()[0] = 0;
        plan.run();
        CHECK(same(first, plan.read(y)));
    }
    TEST_CASE("the distributions are what they should be, to five standard errors") {
        const std::int64_t n = 1 << 20;
        const double error = 5 / std::sqrt(static_cast<double>(n));
        Draw d;
        const Tensor uniform = value(random_uniform({n}, d.key(), -3, 5));
        const Moments u = moments(uniform);
        CHECK(std::abs(u.mean - 1) <= error * 8 / std::sqrt(12.0));
        CHECK(std::abs(u.variance - 64.0 / 12) <= error * 64 * std::sqrt(1.0 / 180));
        CHECK(*std::min_element(uniform.values<float>().begin(), uniform.values<float>().end()) >= -3);
        CHECK(*std::max_element(uniform.values<float>().begin(), uniform.values<float>().end()) <= 5);
        const Moments z = moments(value(random_normal({n}, d.key(), 2, 3)));
        CHECK(std::abs(z.mean - 2) <= error * 3);
        CHECK(std::abs(z.variance - 9) <= error * 9 * std::sqrt(2.0));
        CHECK(std::abs(z.third) <= error * std::sqrt(6.0));
        CHECK(std::abs(z.fourth - 3) <= error * std::sqrt(24.0));
        const Tensor whole = value(random_int({n}, d.key(), -2, 3));
        double counts[5] = {};
        for (const std::int32_t i : whole.values<std::int32_t>()) {
            REQUIRE((i >= -2 && i < 3));
            counts[i + 2] += 1.0 / static_cast<double>(n);
        }
        for (const double share : counts) CHECK(std::abs(share - 0.2) <= error * 0.4);
    }
    TEST_CASE("whole numbers may take the whole range of i32") {
        Draw d;
        const Tensor t = value(random_int({1000}, d.key(), -2147483647 - 1, 2147483647));
        const auto v = t.values<std::int32_t>();
        CHECK(*std::min_element(v.begin(), v.end()) < -2000000000);
        CHECK(*std::max_element(v.begin(), v.end()) > 2000000000);
    }
    TEST_CASE("refuses empty ranges and other steps") {
        Draw d;
        test::check_refuses([&] { random_uniform({2}, d.key(), 1, 1); }, "random_uniform: was given 1 <= y < 1");
        test::check_refuses([&] { random_int({2}, d.key(), 5, 4); }, "random_int: was given 5 <= y < 4");
        test::check_refuses([&] { random_normal({2}, d.key(), 0, -1); }, "sigma -1");
        test::check_refuses([&] { random_normal({2}, {"a", 1, d.g.number(1)}); }, "the step f32 (1), expected i32 (1)");
        test::check_refuses([&] { random_normal({2}, {"a", 1, {}}); }, "no step");
    }
}
