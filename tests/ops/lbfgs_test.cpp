#include "ops/lbfgs.h"

#include <limits>

#include "ops/arithmetic.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"
#include "tests/optimizers.h"

using namespace gradus;

namespace {

Shape history_of(std::int64_t pairs, std::int64_t n) {
    const kernels::LbfgsShape z{pairs, n};
    return {z.vectors(), z.row()};
}

Tensor doubles(const std::vector<double>& values) {
    Tensor t(Spec(Shape{static_cast<std::int64_t>(values.size())}, DType::f64));
    std::copy(values.begin(), values.end(), t.values_to_write<double>().begin());
    return t;
}

/// Numbers as products and a memory of so many pairs may be: curvatures on the diagonals.
struct Numbers {
    std::vector<double> products, memory;

    Numbers(std::int64_t m, std::int64_t pairs, unsigned seed) {
        const kernels::LbfgsShape z{m, 0};
        for (const float v : test::noise(z.products(), seed)) products.push_back(static_cast<double>(v));
        for (const float v : test::noise(z.memory(), seed + 1)) memory.push_back(0.3 * static_cast<double>(v));
        memory[0] = static_cast<double>(pairs);
        memory[1] = static_cast<double>(pairs + 2);
        for (std::int64_t i = 0; i < m; ++i)
            for (std::int64_t j = 0; j < m; ++j) {
                double* y_y = memory.data() + 2 + m * m;
                if (i == j) memory[static_cast<std::size_t>(2 + i * m + i)] = y_y[i * m + i] = 2;
                if (i < j) y_y[i * m + j] = y_y[j * m + i];
            }
        products[static_cast<std::size_t>(2 * m)] = 1.5;      // s y
        products[static_cast<std::size_t>(2 * m + 1)] = 1.7;  // y y
    }
    /// The coefficients and the next memory.
    std::vector<Tensor> made(Device& device) const {
        Graph g;
        const std::vector<Var> out = lbfgs_coefficients(g.leaf(doubles(products)), g.leaf(doubles(memory)));
        Plan plan(g, out, {.device = &device});
        plan.poison();
        plan.run();
        return {plan.read(out[0]), plan.read(out[1])};
    }
};

/// A bowl with axes of these lengths, and its gradient.
Var bowl(Var x, Var lengths, Var bottom) { return scale(sum_squares(multiply(subtract(x, bottom), lengths)), 0.5); }

}  // namespace

TEST_SUITE("lbfgs") {
    TEST_CASE("products and direction: every kernel agrees with the reference") {
        for (const std::int64_t n : {1, 2, 105, 2048, 5003})
            for (const std::int64_t m : {1, 5}) {
                const auto products = [](const std::vector<Var>& in) { return lbfgs_products(in[0], in[1], in[2]); };
                const auto direction = [m](const std::vector<Var>& in) {
                    std::vector<double> c;
                    for (const float v : test::noise(2 * m + 4, 9)) c.push_back(static_cast<double>(v));
                    c[0] = 0;
                    if (m > 1) c[3] = c[4] = c[5] = 0;  // of two rows the first, the second, both
                    return lbfgs_direction(in[0], in[1], in[2], in[0].graph->leaf(doubles(c)));
                };
                for (const auto& [name, f] :
                     {std::pair<const char*, std::function<Var(const std::vector<Var>&)>>{"lbfgs_products", products},
                      {"lbfgs_direction", direction}})
                    test::check_op({.name = name + std::string(" of ") + std::to_string(n),
                                    .shapes = {history_of(m, n), {n}, {n}},
                                    .f = f,
                                    .differentiable = {},
                                    .bf16 = false});
            }
    }
    TEST_CASE("a row that has no part in the direction may hold anything") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor history = zeros(Spec(history_of(1, 4)));
            for (std::size_t i = 0; i < 8; ++i) history.values_to_write<float>()[i] = NAN;
            const Var x = g.leaf(test::noise_tensor({4})), slope = g.leaf(Tensor({4}, {1, 2, 3, 4}));
            const Var c = g.leaf(doubles({0, 0, 0, 0, -2, -1}));
            const Tensor d = value(lbfgs_direction(g.leaf(history), x, slope, c), {.device = device});
            CHECK(d.values<float>()[3] == -8);
        }
    }
    TEST_CASE("the recursion: every kernel agrees, for few pairs and for more than a warp has lanes") {
        for (const std::int64_t m : {1, 3, 10, 40})
            for (const std::int64_t pairs : {std::int64_t{0}, std::int64_t{1}, m - 1, m, m + 2, 3 * m + 1}) {
                const Numbers numbers(m, pairs, static_cast<unsigned>(m + pairs));
                const std::vector<Tensor> want = numbers.made(cpu_device());
                CHECK(want[1].values<double>()[0] == static_cast<double>(pairs + 1));
                CHECK(want[0].values<double>()[static_cast<std::size_t>(2 * m + 3)] == static_cast<double>(pairs % m));
                for (Device* device : test::devices()) {
                    using kernels::emulation::Schedule;
                    const Schedule usual = kernels::emulation::schedule();
                    std::vector<Tensor> first;
                    for (const auto order :
                         {Schedule::Order::forward, Schedule::Order::reverse, Schedule::Order::random}) {
                        kernels::emulation::set_schedule({.order = order});
                        const std::vector<Tensor> got = numbers.made(*device);
                        if (first.empty()) first = got;
                        CHECK(test::same_bytes(got, first));
                        for (std::size_t i = 0; i < 2; ++i)
                            CHECK_MESSAGE(test::relative_error(got[i], want[i]) <= 1e-12,
                                          device->name() << ", " << m << " pairs, of " << pairs << ": output " << i);
                    }
                    kernels::emulation::set_schedule(usual);
                }
            }
    }
    TEST_CASE("the coefficients are the same where nobody asks for the next memory") {
        const Numbers numbers(3, 5, 1);
        for (Device* device : test::devices()) {
            Graph g;
            const Var made = lbfgs_coefficients(g.leaf(doubles(numbers.products)), g.leaf(doubles(numbers.memory)))[0];
            CHECK(test::same_bytes({value(made, {.device = device})}, {numbers.made(*device)[0]}));
        }
    }
    TEST_CASE("pairs without curvature and pairs with a NaN are left out") {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        for (Device* device : test::devices())
            for (const auto& [sy, yy] : {std::pair{0.0, 0.0}, {-1.0, 2.0}, {1e-11, 1.0}, {nan, 1.0}, {1.0, nan}}) {
                Numbers numbers(3, 2, 5);
                const std::vector<Tensor> kept = numbers.made(*device);
                numbers.products[6] = sy;
                numbers.products[7] = yy;
                const std::vector<Tensor> got = numbers.made(*device);
                const auto c = got[0].values<double>(), memory = got[1].values<double>();
                CHECK(c[9] == -1);  // the row to write
                CHECK(c[6] == 0);
                CHECK(c[7] == 0);
                for (const double v : c) CHECK(std::isfinite(v));
                CHECK(memory[0] == 2);
                CHECK(memory[1] == 5);
                for (std::size_t i = 2; i < memory.size(); ++i) CHECK(memory[i] == numbers.memory[i]);
                CHECK(kept[1].values<double>()[0] == 3);  // where there is one
            }
    }
    TEST_CASE("the history: every kernel writes what the reference does") {
        for (const double to : {-1.0, 0.0, 2.0})
            for (const std::int64_t n : {1, 6, 5003})
                test::check_steps("lbfgs_push", [=](Graph& g, DType dtype) -> std::vector<Var> {
                    const Var history = g.leaf(test::noise_tensor(history_of(3, n), 1, dtype));
                    const Var x = g.leaf(test::noise_tensor({n}, 2, dtype)),
                              slope = g.leaf(test::noise_tensor({n}, 3, dtype));
                    return {lbfgs_push(history, x, slope, g.leaf(doubles({0, 0, 0, 0, 0, 0, 0, 0, 0, to})))};
                });
    }
    TEST_CASE("takes the steps of PyTorch") {
        test::check_path(
            "lbfgs",
            [](Var x, Var slope) {
                return lbfgs_step(x, slope, test::number(*x.graph, 0.3, x.dtype()), lbfgs_state(x.spec(), 4));
            },
            1e-5);
    }
    TEST_CASE("whole steps: the same bytes whoever runs them, and near the reference") {
        for (const std::int64_t n : {7, 5003})
            test::check_steps(
                "lbfgs_step",
                [=](Graph& g, DType dtype) {
                    const Var x = g.leaf(test::noise_tensor({n}, 1, dtype));
                    const Var lengths = g.leaf(test::noise_tensor({n}, 4, dtype));
                    const Var slope = grad(bowl(x, lengths, g.leaf(test::noise_tensor({n}, 5, dtype))), {x})[0];
                    return lbfgs_step(x, slope, test::number(g, 1, dtype), lbfgs_state(x.spec(), 2),
                                      {.box = {-0.75, 2}});
                },
                5, 1e-5);
    }
    TEST_CASE("without a pair, steps grow from the first length to 1") {
        for (Device* device : test::devices()) {
            Graph g;
            const std::vector<double> none(9, 0.0);  // one pair, of which nothing is kept
            std::vector<double> products = none;
            products[8] = 50;  // sum of |g|
            for (const auto& [steps, scale] :
                 {std::pair{0.0, 0.125 / 50}, {1.0, 0.25 / 50}, {3.0, 1.0 / 50}, {1000.0, 1.0 / 50}}) {
                const Var made = lbfgs_coefficients(g.leaf(doubles(products)), g.leaf(doubles({0, steps, 0, 0})),
                                                    {.eps = 0, .first = 0.125})[0];
                CHECK(value(made, {.device = device}).values<double>()[4] == doctest::Approx(-scale));
            }
        }
    }
    TEST_CASE("no step is longer than the longest") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({4}, {0, 0, 0, 0});
            const Var at = g.leaf(x), slope = g.leaf(Tensor({4}, {-3, 4, 0, 0}));
            value(lbfgs_step(at, slope, g.number(1), lbfgs_state(x.spec(), 2), {.longest = 0.125})[2],
                  {.device = device});
            CHECK(x.values<float>()[0] == doctest::Approx(0.15));  // as a root mean square of 4 numbers
            CHECK(x.values<float>()[1] == doctest::Approx(-0.2));
        }
    }
    TEST_CASE("in a box, what is held does not turn the others") {
        // A bowl that is steep along x + y and lies beyond the box in x: on its edge, y has a bottom of its own.
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({2}, {0.5f, 0.5f});
            const Var at = g.leaf(x), along = dot(at, g.leaf(Tensor({2}, {1, 1}))),
                      across = dot(at, g.leaf(Tensor({2}, {1, -1})));
            const Var a = subtract(along, g.number(1.5f)), b = subtract(across, g.number(2));
            const Var loss = add(scale(sum_squares(a), 5), sum_squares(b));
            Plan plan(g, lbfgs_step(at, grad(loss, {at})[0], g.number(1), lbfgs_state(x.spec(), 5), {.box = {0, 1}}),
                      {.device = device});
            for (int i = 0; i < 30; ++i) plan.run();
            CHECK(x.values<float>()[0] == 1);
            CHECK(x.values<float>()[1] == doctest::Approx(0.25));
        }
    }
    TEST_CASE("finds the bottom of a long bowl where gradient descent is far from it") {
        for (Device* device : test::devices()) {
            Graph g;
            const std::int64_t n = 50;
            Tensor x = test::noise_tensor({n}), lengths({n}, std::vector<float>(50, 1));
            for (std::size_t i = 0; i < 50; ++i) lengths.values_to_write<float>()[i] = 1 + static_cast<float>(i) / 5;
            const Var at = g.leaf(x), loss = bowl(at, g.leaf(lengths), g.leaf(test::noise_tensor({n}, 2)));
            std::vector<Var> outputs =
                lbfgs_step(at, grad(loss, {at})[0], g.number(1), lbfgs_state(x.spec()), {.box = {-1, 1}});
            outputs.push_back(loss);
            Plan plan(g, outputs, {.device = device});
            plan.run();
            const double start = plan.number(loss);
            for (int i = 0; i < 60; ++i) plan.run();
            CHECK(plan.number(loss) < 1e-9 * start);
        }
    }
    TEST_CASE("goes down the valley of Rosenbrock") {
        for (Device* device : test::devices()) {
            Graph g;
            Tensor x({2}, {-0.5f, 0.5f});
            const Var at = g.leaf(x), first = g.leaf(Tensor({2}, {1, 0})), second = g.leaf(Tensor({2}, {0, 1}));
            const Var a = dot(at, first), b = dot(at, second);
            const Var across = subtract(b, multiply(a, a)), along = subtract(g.number(1), a);
            const Var loss = add(scale(sum_squares(across), 100), sum_squares(along));
            std::vector<Var> outputs = lbfgs_step(at, grad(loss, {at})[0], g.number(0.5f), lbfgs_state(x.spec(), 5));
            outputs.push_back(loss);
            Plan plan(g, outputs, {.device = device});
            for (int i = 0; i < 200; ++i) plan.run();
            CHECK(plan.number(loss) < 1e-8);
            CHECK(x.values<float>()[0] == doctest::Approx(1).epsilon(1e-3));
        }
    }
    TEST_CASE("refuses what does not fit, and has no gradient") {
        Graph g;
        const Var x = g.leaf(test::noise_tensor({2, 3})), rate = g.number(1);
        const LbfgsState state = lbfgs_state(x.spec(), 3);
        CHECK(state.history.shape() == Shape{8, 8});
        CHECK(state.memory.shape() == Shape{20});
        test::check_refuses([&] { lbfgs_state(x.spec(), 0); }, "expected 1 to 100");
        test::check_refuses([&] { lbfgs_step(x, x, rate, {}); }, "without tensors");
        test::check_refuses([&] { lbfgs_step(scale(x, 1), x, rate, state); }, "expected a leaf");
        test::check_refuses([&] { lbfgs_step(x, x, rate, lbfgs_state(Spec(Shape{9}))); }, "was given the history");
        test::check_refuses([&] { lbfgs_products(g.leaf(state.history), x, rate); }, "was given a gradient f32 (1)");
        test::check_refuses([&] { lbfgs_direction(g.leaf(state.history), x, x, rate); }, "was given the coefficients");
        test::check_refuses(
            [&] {
                lbfgs_coefficients(g.leaf(doubles({1, 2})), g.leaf(state.memory));
            },
            "lbfgs_coefficients: was given f64 (2)");
        const Var d = lbfgs_direction(g.leaf(state.history), x, x, g.leaf(doubles(std::vector<double>(10, 0))));
        test::check_refuses([&] { grad(sum(d), {x}); }, "lbfgs_direction has no gradient");
    }
}
