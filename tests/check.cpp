#include "tests/check.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>

#include "engine/candidates.h"
#include "engine/cuda.h"
#include "engine/require.h"
#include "engine/schedule.h"
#include "kernels/cuda_on_cpu/emulation.h"

namespace gradus::test {
namespace {

// ---- a loss for tests: loss = sum r * y; its gradient is r ----

using Projection = std::vector<float>;

/// A view's values in the host's memory.
struct OnHost {
    std::vector<std::byte> bytes;
    View view;
    OnHost(const Call& c, const View& there) : bytes(there.spec.bytes()), view{bytes.data(), there.spec} {
        c.problem.device->copy_to_host(bytes.data(), there.data, bytes.size());
    }
    void bring_back(const Call& c, const View& there) {
        c.problem.device->copy_from_host(there.data, bytes.data(), bytes.size());
    }
};

template <class T>
void project_values(const Call& c) {
    const Projection& r = c.problem.as<Projection>();
    double sum = 0;
    const OnHost in(c, c.in[0]);
    OnHost out(c, c.out[0]);
    const View& y = in.view;
    const std::int64_t channels = y.spec.shape.channels();
    for (std::int64_t i = 0; i < y.spec.shape.pixels(); ++i)
        for (std::int64_t k = 0; k < channels; ++k)
            sum += static_cast<double>(static_cast<const T*>(y.data)[i * y.spec.pixel_stride + k]) *
                   r[static_cast<std::size_t>(i * channels + k)];
    if constexpr (std::is_same_v<T, double>)
        *pointer<double>(out.view) = sum;
    else
        *pointer<float>(out.view) = static_cast<float>(sum);
    out.bring_back(c, c.out[0]);
}

template <class T>
void spread_values(const Call& c) {
    const Projection& r = c.problem.as<Projection>();
    using G = std::conditional_t<std::is_same_v<T, double>, double, float>;
    const OnHost in(c, c.in[1]);
    OnHost out(c, c.out[0]);
    const double d = *pointer<const G>(in.view);
    const View& y = out.view;
    const std::int64_t channels = y.spec.shape.channels();
    for (std::int64_t i = 0; i < y.spec.shape.pixels(); ++i)
        for (std::int64_t k = 0; k < channels; ++k)
            static_cast<T*>(y.data)[i * y.spec.pixel_stride + k] =
                T(static_cast<G>(d * r[static_cast<std::size_t>(i * channels + k)]));
    out.bring_back(c, c.out[0]);
}

template <class T>
void append_plain(std::vector<Candidate>& list, void (*run)(const Call&)) {
    for (const DeviceKind kind : {DeviceKind::cpu, DeviceKind::cuda, DeviceKind::cuda_on_cpu}) {
        Candidate c;
        c.name = "test";
        c.on = kind;
        c.run = run;
        c.declines = wrong_storage<T>;
        list.push_back(c);
    }
}
std::vector<Candidate> plain(void (*f32)(const Call&), void (*in_bf16)(const Call&), void (*f64)(const Call&)) {
    std::vector<Candidate> list;
    append_plain<float>(list, f32);
    append_plain<bf16>(list, in_bf16);
    append_plain<double>(list, f64);
    return list;
}

Var spread(Var y, Var d, const Projection& r) {
    static const Op op{
        .name = "test_spread",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {Spec(p.in[0].shape, p.in[0].dtype)}; },
        .candidates = plain(spread_values<float>, spread_values<bf16>, spread_values<double>)};
    return call(op, {y, d}, r);
}

DType loss_type(DType dtype) { return dtype == DType::f64 ? DType::f64 : DType::f32; }

// ---- cases ----

std::vector<float> input_values(const OpCase& c, std::size_t i) {
    std::vector<float> values = noise(c.shapes[i].size(), static_cast<unsigned>(i + 1));
    for (float& v : values)
        if (std::abs(v) < c.kink) v = v < 0 ? -static_cast<float>(c.kink) : static_cast<float>(c.kink);
    if (c.adjust) c.adjust(values, i);
    return values;
}

/// The case recorded in one storage type, with its loss and gradients. `twice`: the loss reads two copies of the op, so
/// that the second gradient is added on top of the first.
struct Recorded {
    Graph graph;
    std::vector<Tensor> inputs;
    std::vector<Var> in;
    Var y = {}, loss = {};
    std::vector<Var> gradients;

    Recorded(const OpCase& c, DType dtype, bool twice) {
        for (std::size_t i = 0; i < c.shapes.size(); ++i) {
            // In bf16 only the first input is stored in bf16; all see the same rounded numbers.
            Tensor t = Tensor(c.shapes[i], input_values(c, i));
            if (i == 0) t = t.to(DType::bf16).to(DType::f32);
            const DType want = dtype == DType::bf16 && i > 0 ? DType::f32 : dtype;
            inputs.push_back(t.to(want));
            in.push_back(graph.leaf(inputs.back()));
        }
        y = c.f(in);
        if (c.differentiable.empty()) return;
        loss = project(y);
        if (twice) loss = add(loss, project(c.f(in), 8));
        std::vector<Var> wrt;
        for (const int i : c.differentiable) wrt.push_back(in[static_cast<std::size_t>(i)]);
        gradients = grad(loss, wrt);
    }
    std::vector<Var> wanted() const {
        if (gradients.empty()) return {y};
        std::vector<Var> all{y, loss};
        all.insert(all.end(), gradients.begin(), gradients.end());
        return all;
    }
};

/// What is computed with: how values are stored, and whether plans allow TF32.
struct Precision {
    DType dtype = DType::f32;
    bool tf32 = false;
    std::string name() const { return tf32 ? "tf32" : to_string(dtype); }
};

double tolerance(const OpCase& c, const Precision& precision) {
    if (precision.dtype == DType::bf16) return 1e-2;
    if (precision.tf32) return 1e-3;
    return std::max(5e-7, 3e-8 * std::sqrt(c.sum_length)) * c.slack;
}

void compare(const OpCase& c, const Tensor& got, const Tensor& want, const std::string& what, double allowed) {
    const double error = relative_error(got, want);
    if (error <= allowed) {
        CHECK(error <= allowed);
        return;
    }
    const Tensor a = got.to(DType::f64), b = want.to(DType::f64);
    std::size_t worst = 0;
    for (std::size_t i = 0; i < a.values<double>().size(); ++i) {
        const double d = std::abs(a.values<double>()[i] - b.values<double>()[i]);
        if (!(d <= std::abs(a.values<double>()[worst] - b.values<double>()[worst]))) worst = i;
    }
    FAIL_CHECK(c.name << ": " << what << " is off by " << error << ", " << error / allowed
                      << " of the tolerance; worst at " << worst << ": " << a.values<double>()[worst] << ", expected "
                      << b.values<double>()[worst]);
}

/// The plan's own choice, which is "", and every kernel by its name, but for one that all steps of its op chose anyway.
/// With TF32 only those that round to it.
std::set<std::string> kernels_to_try(const Recorded& recorded, Device& device, const Precision& precision) {
    std::set<std::string> rules;
    if (!precision.tf32) rules.insert("");
    Plan plan(recorded.graph, recorded.wanted(), {.device = &device, .tf32 = precision.tf32});
    const std::vector<PlannedStep>& steps = plan.schedule().steps;
    for (const PlannedStep& step : steps)
        for (const Candidate& candidate : step.op->candidates) {
            if (candidate.on != device.kind() || step.op->name.starts_with("test_")) continue;
            Problem exact = step.problem;
            exact.tf32 = false;
            const auto declines = [&](const Problem& p) {
                return candidate.declines && !candidate.declines(p).empty();
            };
            if (declines(step.problem) || (precision.tf32 && !declines(exact))) continue;
            const bool chosen = std::all_of(steps.begin(), steps.end(), [&](const PlannedStep& other) {
                return other.op->name != step.op->name || other.kernel->name == candidate.name;
            });
            if (!chosen || precision.tf32) rules.insert(step.op->name + "=" + candidate.name);
        }
    // A rule is for all steps of its op: a gradient with few rows, say, may be of a shape that the kernel declines.
    std::erase_if(rules, [&](const std::string& rule) {
        try {
            Plan(recorded.graph, recorded.wanted(),
                 {.device = &device, .kernels = KernelFilter(rule), .tf32 = precision.tf32});
            return false;
        } catch (const Error&) {
            return true;
        }
    });
    return rules;
}

std::vector<Tensor> results(const Recorded& recorded, Device& device, const Precision& precision,
                            const std::string& rule, int threads) {
    Plan plan(recorded.graph, recorded.wanted(),
              {.device = &device, .threads = threads, .kernels = KernelFilter(rule), .tf32 = precision.tf32});
    plan.poison();
    plan.run();
    std::vector<Tensor> values;
    for (const Var v : recorded.wanted()) values.push_back(plan.read(v));
    return values;
}

/// Runs that must give the same bytes: on more threads; where threads are imitated, in other orders.
std::vector<std::pair<std::string, std::vector<Tensor>>> other_runs(const Recorded& recorded, Device& device,
                                                                    const Precision& precision,
                                                                    const std::string& rule) {
    using kernels::emulation::Schedule;
    if (device.kind() == DeviceKind::cuda) return {};
    if (device.kind() == DeviceKind::cpu) return {{"two threads", results(recorded, device, precision, rule, 2)}};
    std::vector<std::pair<std::string, std::vector<Tensor>>> runs;
    const Schedule usual = kernels::emulation::schedule();
    for (const auto& [name, order, late] : {std::tuple{"reverse order", Schedule::Order::reverse, false},
                                            {"random order", Schedule::Order::random, true}}) {
        kernels::emulation::set_schedule({.order = order,
                                          .seed = 1,
                                          .late_copies = late,
                                          .late_tma = late,
                                          .late_wgmma = late,
                                          .late_proxies = late});
        runs.emplace_back(name, results(recorded, device, precision, rule, 2));
    }
    kernels::emulation::set_schedule(usual);
    return runs;
}

void check_kernels(const OpCase& c, const Precision& precision, bool twice, Device& device) {
    const Recorded recorded(c, precision.dtype, twice);
    const std::set<std::string> rules = kernels_to_try(recorded, device, precision);
    if (rules.empty()) return;
    const Recorded exact(c, DType::f64, twice);
    Plan oracle(exact.graph, exact.wanted());
    oracle.run();
    for (const std::string& rule : rules) {
        const std::vector<Tensor> got = results(recorded, device, precision, rule, 1);
        const auto others = other_runs(recorded, device, precision, rule);
        const std::string what =
            device.name() + " " + precision.name() + (rule.empty() ? "" : " " + rule) + (twice ? " twice" : "");
        for (std::size_t i = 0; i < got.size(); ++i) {
            const std::string name = i == 0 ? " y" : i == 1 ? " loss" : " gradient " + std::to_string(i - 2);
            // The loss is one sum with cancellation: judged by its terms above, not by its own small value.
            if (i != 1) compare(c, got[i], oracle.read(exact.wanted()[i]), what + name, tolerance(c, precision));
            for (const auto& other : others)
                CHECK_MESSAGE(std::memcmp(got[i].data(), other.second[i].data(), got[i].spec().bytes()) == 0,
                              c.name << ": " << what << name << " is another with " << other.first);
        }
    }
}

/// Central differences of the loss along 8 random directions in fp64.
void check_differences(const OpCase& c) {
    if (c.differentiable.empty()) return;
    Recorded r(c, DType::f64, false);
    Plan plan(r.graph, r.wanted()), loss(r.graph, {r.loss});
    for (std::size_t g = 0; g < r.gradients.size(); ++g) {
        plan.run();  // with all inputs where they were
        Tensor& x = r.inputs[static_cast<std::size_t>(c.differentiable[g])];
        const Tensor read = plan.read(r.gradients[g]);
        const std::span<const double> gradient = read.values<double>();
        const std::vector<double> at(x.values<double>().begin(), x.values<double>().end());
        double norm = 0;
        for (const double d : gradient) norm += d * d;
        for (unsigned direction = 0; direction < 8; ++direction) {
            const std::vector<float> v = noise(x.shape().size(), 100 + direction);
            const double eps = 1e-6;
            const auto moved = [&](double by) {
                const auto values = x.values_to_write<double>();
                for (std::size_t i = 0; i < at.size(); ++i) values[i] = at[i] + by * v[i];
                loss.run();
                return loss.number(r.loss);
            };
            const double up = moved(eps), down = moved(-eps);
            double along = 0;
            for (std::size_t i = 0; i < at.size(); ++i) along += gradient[i] * v[i];
            const double slope = (up - down) / (2 * eps);
            // The loss is a sum of O(1) terms in f64: differences carry about 1e-16 / 1e-6 of its size.
            const double allowed = 1e-6 * (std::sqrt(norm) + 1e-3) + 1e-9 * std::abs(up);
            CHECK_MESSAGE(std::abs(along - slope) <= allowed, c.name << ": gradient " << g << " along direction "
                                                                     << direction << " is " << along
                                                                     << ", differences say " << slope);
        }
        std::copy(at.begin(), at.end(), x.values_to_write<double>().begin());
    }
}

}  // namespace

const std::vector<Device*>& devices() {
    static const std::vector<Device*> list = [] {
        const char* names = std::getenv("GRADUS_TEST_DEVICES");
        std::string rest = names ? names : cuda_devices() > 0 ? "cpu,cuda-on-cpu,cuda" : "cpu,cuda-on-cpu";
        std::vector<Device*> all;
        for (std::size_t from = 0; from <= rest.size();) {
            const std::size_t comma = std::min(rest.find(',', from), rest.size());
            all.push_back(&device_named(rest.substr(from, comma - from)));
            from = comma + 1;
        }
        return all;
    }();
    return list;
}

std::vector<float> noise(std::int64_t n, unsigned seed) {
    std::mt19937 rng(seed);
    std::vector<float> v(static_cast<std::size_t>(n));
    for (float& x : v) x = static_cast<float>(rng() >> 8) * 0x1p-23f - 1.0f;
    return v;
}

Tensor noise_tensor(Shape shape, unsigned seed, DType dtype) {
    return Tensor(shape, noise(shape.size(), seed)).to(dtype);
}

Var project(Var y, unsigned seed) { return weighted_sum(y, noise(y.shape().size(), seed)); }

Var weighted_sum(Var y, std::vector<float> weights) {
    static const Op op{
        .name = "test_project",
        .infer = [](const Problem& p) -> std::vector<Spec> { return {Spec(Shape{1}, loss_type(p.in[0].dtype))}; },
        .candidates = plain(project_values<float>, project_values<bf16>, project_values<double>),
        .vjp = [](const VjpArgs& a) -> Gradients { return {spread(a.in[0], a.dy(), a.as<Projection>())}; }};
    return call(op, {y}, Projection(std::move(weights)));
}

double relative_error(const Tensor& y, const Tensor& reference) {
    if (!(y.shape() == reference.shape())) return HUGE_VAL;
    const Tensor got = y.to(DType::f64), want = reference.to(DType::f64);
    const std::span<const double> a = got.values<double>(), b = want.values<double>();
    double error = 0, norm = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        error += (a[i] - b[i]) * (a[i] - b[i]);
        norm += b[i] * b[i];
    }
    if (!(error >= 0) || !std::isfinite(error)) return HUGE_VAL;
    return norm > 0 ? std::sqrt(error / norm) : (error > 0 ? HUGE_VAL : 0);
}

void check_op(const OpCase& c) {
    CAPTURE(c.name);
    for (const bool twice : {false, true}) {
        for (Device* device : devices()) {
            check_kernels(c, {DType::f32}, twice, *device);
            if (c.bf16) check_kernels(c, {DType::bf16}, twice, *device);
            if (c.tf32) check_kernels(c, {DType::f32, true}, twice, *device);
        }
    }
    check_differences(c);
}

void check_refuses(const std::function<void()>& f, const std::string& text) {
    try {
        f();
        FAIL_CHECK("nothing was thrown; expected an error with \"" << text << "\"");
    } catch (const Error& error) {
        const std::string message = error.what();
        CHECK_MESSAGE(message.find(text) != std::string::npos, "the message is: " << message);
    }
}

}  // namespace gradus::test
