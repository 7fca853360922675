#include "engine/plan.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <set>

#include "engine/packed.h"
#include "engine/profiler_range.h"
#include "engine/require.h"
#include "engine/schedule.h"

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace gradus {

std::byte* Arena::data() {
    if (buffer_.bytes() < wanted_) {
        buffer_ = Buffer();  // first, so that both are never there at once
        buffer_ = Buffer(device_, wanted_);
    }
    return static_cast<std::byte*>(buffer_.data());
}

namespace {

/// A step with its addresses, ready to launch.
struct Launch {
    int step = 0;
    std::vector<View> in = {}, out = {};
    View mask = {};
    std::byte* scratch = nullptr;
    std::shared_ptr<Packed> packed = {};  // of a leaf
    Tensor packed_leaf = {};
    std::size_t packed_here = 0;  // bytes at the start of the scratch, where the packed input is not a leaf

    /// Whether the kernel reads this input in a packed form of its own instead.
    bool reads_packed(const PlannedStep& s, std::size_t input) const {
        return packed && s.kernel->packing->input == input;
    }
};

std::string describe(const Schedule& s, const PlannedStep& step) {
    std::string how;
    const auto also = [&](std::string_view text) { how += (how.empty() ? "" : ", ") + std::string(text); };
    if (!step.runs) return step.made_by < 0 ? "view" : fmt::format("by {}", s.step(step.made_by).op->name);
    if (step.onto >= 0) also("adds");
    if (has(step.problem.fused, Fusion::relu)) also("relu");
    if (has(step.problem.fused, Fusion::relu_mask)) also("relu mask");
    if (step.onto < 0 && !step.out.empty() && s.value(step.out[0]).link == Link::same) also("in place");
    if (!step.out.empty() && s.value(step.out[0]).link == Link::channel) also("into concat");
    return how;
}

}  // namespace

struct Plan::Parts {
    Schedule schedule = {};
    PlanOptions options = {};
    std::vector<Launch> launches = {};
    std::vector<std::string> names = {};  // of the schedule's values
    std::map<int, int> value_of = {};     // graph id -> value
    std::byte* bound_to = nullptr;        // the arena's start when the addresses were taken
    std::vector<Tensor> leaves = {};      // those that are read as they are
    bool profiling = false;
    std::deque<TimedRun> timed = {};
    int runs = 0;                          // since the addresses were taken
    std::shared_ptr<void> recording = {};  // of a whole run, where the device records

    View view(int index) const {
        const PlannedValue& value = schedule.value(index);
        const Place place = place_of(schedule, index);
        const PlannedValue& root = schedule.value(place.root);
        View view{.data = nullptr, .spec = value.spec};
        if (unread(schedule, index)) return view;
        auto* start = bound_to + root.address;
        if (root.is_leaf())
            start = const_cast<std::byte*>(static_cast<const std::byte*>(root.leaf.data_on(*options.device)));
        view.data = start + static_cast<std::size_t>(place.offset) * size_of(value.spec.dtype);
        return view;
    }

    void prepare_step(int index) {
        PlannedStep& step = schedule.step(index);
        for (std::size_t i = 0; i < step.in.size(); ++i) step.problem.in[i] = schedule.value(step.in[i]).spec;
        for (std::size_t i = 0; i < step.out.size(); ++i) step.problem.out[i] = schedule.value(step.out[i]).spec;
        if (!step.runs) return;
        if (step.onto >= 0) step.problem.write = Write::accumulate;
        Launch launch{.step = index};
        const Candidate& kernel = *step.kernel;
        if (kernel.make) step.state = kernel.make(step.problem);
        if (kernel.scratch) step.scratch_bytes = kernel.scratch(step.problem, step.state.get());
        if (kernel.packing) {
            const PlannedValue& input = schedule.value(step.in[kernel.packing->input]);
            const std::size_t bytes = kernel.packing->bytes(step.problem, step.state.get());
            if (input.is_leaf()) {
                const std::string key = kernel.packing->key(step.problem, step.state.get());
                launch.packed = packed_form(*options.device, input.leaf, key, bytes);
                launch.packed_leaf = input.leaf;
            } else {
                launch.packed_here = (bytes + 63) / 64 * 64;
                step.scratch_bytes += launch.packed_here;
            }
        }
        launches.push_back(std::move(launch));
    }

    void bind(std::byte* arena) {
        if (arena == bound_to && arena) return;
        bound_to = arena;
        leaves.clear();
        runs = 0;
        recording.reset();
        for (Launch& launch : launches) {
            const PlannedStep& step = schedule.step(launch.step);
            launch.in.clear();
            launch.out.clear();
            for (std::size_t i = 0; i < step.in.size(); ++i) {
                const bool packed = launch.reads_packed(step, i);
                launch.in.push_back(packed ? View{.spec = schedule.value(step.in[i]).spec} : view(step.in[i]));
                const PlannedValue& root = schedule.value(place_of(schedule, step.in[i]).root);
                if (!packed && root.is_leaf()) leaves.push_back(root.leaf);
            }
            for (const int out : step.out) launch.out.push_back(view(out));
            if (step.mask >= 0) launch.mask = view(step.mask);
            launch.scratch = arena + step.scratch_address;
        }
    }

    /// Brings the packed form of a leaf up to date.
    void pack(const Launch& launch, const PlannedStep& step, Stream stream) {
        Packed& packed = *launch.packed;
        if (packed.filled && packed.version == launch.packed_leaf.version()) return;
        const Packing& packing = *step.kernel->packing;
        Device& device = *options.device;
        if (!packed.buffer.data()) packed.buffer = Buffer(device, packed.bytes);
        const void* from = launch.packed_leaf.data();
        Buffer there;  // other devices see the raw filters for as long as it takes to pack them
        if (device.kind() != DeviceKind::cpu) {
            there = Buffer(device, launch.packed_leaf.spec().bytes());
            device.copy_from_host(there.data(), from, there.bytes());
            from = there.data();
        }
        packing.run(step.problem, step.state.get(), from, packed.buffer.data(), stream);
        if (there.data()) device.wait();
        packed.version = launch.packed_leaf.version();
        packed.filled = true;
    }

    /// Brings to the device what has changed on the host since the last run, and packs it.
    void refresh(Stream stream) {
        for (const Tensor& leaf : leaves) leaf.data_on(*options.device);
        for (Launch& l : launches) {
            const PlannedStep& step = schedule.step(l.step);
            if (!l.packed) continue;
            pack(l, step, stream);
            l.in[step.kernel->packing->input].data = l.packed->buffer.data();
        }
    }

    /// The states that a run writes, and where.
    void write_states() {
        for (Launch& l : launches) {
            const PlannedStep& step = schedule.step(l.step);
            if (step.op->kind != OpKind::assign) continue;
            for (std::size_t i = 0; i < step.out.size(); ++i)
                l.out[i].data = schedule.value(step.in[i]).leaf.writable_on(*options.device);
        }
    }

    void launch(Launch& l, Stream stream) {
        const PlannedStep& step = schedule.step(l.step);
        const ProfilerRange range(*options.device, step.op->name);
        if (l.packed_here > 0) {
            const Packing& packing = *step.kernel->packing;
            const View raw = view(step.in[packing.input]);
            packing.run(step.problem, step.state.get(), raw.data, l.scratch, stream);
            l.in[packing.input].data = l.scratch;
        }
        step.kernel->run({.problem = step.problem,
                          .in = l.in,
                          .out = l.out,
                          .write = step.problem.write,
                          .mask = l.mask,
                          .scratch = l.scratch + l.packed_here,
                          .state = step.state.get(),
                          .stream = stream});
    }
    void launch_all(Stream stream) {
        for (Launch& l : launches) launch(l, stream);
    }

    /// The first run goes step by step, the second is recorded, the others replay it, where the device can.
    void run(Stream stream) {
        Device& device = *options.device;
        if (++runs == 2) recording = device.record([&](Stream recorded) { launch_all(recorded); });
        if (recording)
            device.replay(recording.get());
        else
            launch_all(stream);
    }
    void run_timed(Stream stream) {
        options.device->wait();
        const std::chrono::duration<double> start = std::chrono::steady_clock::now().time_since_epoch();
        timed.push_back({.start = start.count(), .steps = options.device->timed(launches.size(), [&](std::size_t i) {
                             launch(launches[i], stream);
                         })});
        if (timed.size() > kept_runs) timed.pop_front();
    }
    double median_seconds(std::size_t launch) const {
        if (timed.empty()) return 0;
        std::vector<double> seconds;
        for (const TimedRun& run : timed) seconds.push_back(run.steps[launch].seconds);
        const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
        std::nth_element(seconds.begin(), middle, seconds.end());
        return *middle;
    }
};

Plan::Plan(const Graph& graph, std::vector<Var> outputs, PlanOptions options) : parts_(std::make_unique<Parts>()) {
    Parts& p = *parts_;
    p.options = std::move(options);
    if (!p.options.arena) p.options.arena = std::make_shared<Arena>(*p.options.device);
    p.schedule = live_part(graph, outputs);
    choose(p.schedule, p.options);
    if (p.options.filters == PackedFilters::balanced) {
        place(p.schedule);
        lay_out(p.schedule);
        const std::size_t others = p.schedule.arena_bytes, filters = filter_bytes(p.schedule);
        p.schedule = live_part(graph, outputs);
        choose(p.schedule, p.options, others > filters ? others - filters : 0);
    }
    place(p.schedule);
    for (int i = 0; i < static_cast<int>(p.schedule.steps.size()); ++i) p.prepare_step(i);
    lay_out(p.schedule);
    p.options.arena->reserve(p.schedule.arena_bytes);
    for (std::size_t i = 0; i < p.schedule.values.size(); ++i) {
        const int id = p.schedule.values[i].id;
        p.value_of[id] = static_cast<int>(i);
        p.names.push_back(graph.value(id).name);
    }
}

Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;
Plan::~Plan() = default;

void Plan::run() {
    Parts& p = *parts_;
    p.bind(p.options.arena->data());
#if defined(_OPENMP)
    omp_set_num_threads(p.options.threads);  // for the libraries that ask OpenMP
#endif
    const Stream stream = p.options.device->stream(p.options.threads);
    p.refresh(stream);
    p.write_states();
    if (p.profiling)
        p.run_timed(stream);
    else
        p.run(stream);
    p.options.device->check();
}

Tensor Plan::read(Var output) const {
    const auto found = parts_->value_of.find(output.id);
    require(found != parts_->value_of.end() && parts_->schedule.value(found->second).output,
            "plan: value {} was not asked for as an output", output.id);
    require(parts_->bound_to != nullptr || parts_->schedule.value(found->second).is_leaf() ||
                parts_->schedule.arena_bytes == 0,
            "plan: an output was read before the first run");
    const View view = parts_->view(found->second);
    std::vector<std::byte> bytes(view.spec.bytes());
    parts_->options.device->copy_to_host(bytes.data(), view.data, bytes.size());
    Tensor result(Spec(view.spec.shape, view.spec.dtype));
    auto* to = static_cast<std::byte*>(result.writable());
    const std::size_t row = static_cast<std::size_t>(view.spec.shape.channels()) * size_of(view.spec.dtype);
    const std::size_t step = static_cast<std::size_t>(view.spec.pixel_stride) * size_of(view.spec.dtype);
    for (std::int64_t i = 0; i < view.spec.shape.pixels(); ++i)
        std::memcpy(to + static_cast<std::size_t>(i) * row, bytes.data() + static_cast<std::size_t>(i) * step, row);
    return result;
}

double Plan::number(Var output) const {
    require(output.shape().size() == 1, "plan: value of shape {} was read as one number", to_string(output.shape()));
    return read(output).to(DType::f64).values<double>()[0];
}

void Plan::poison() {
    Arena& arena = *parts_->options.arena;
    const std::vector<std::byte> ones(arena.bytes(), std::byte{0xff});  // a NaN in every float type
    parts_->options.device->copy_from_host(arena.data(), ones.data(), ones.size());
}

MemoryReport Plan::memory() const {
    MemoryReport report{.arena = parts_->schedule.arena_bytes};
    for (const auto& [form, bytes] : packed_forms()) report.packed += bytes;
    std::set<std::uint64_t> leaves;
    for (const PlannedValue& v : parts_->schedule.values)
        if (v.is_leaf() && leaves.insert(v.leaf.id()).second) report.leaves += v.spec.bytes();
    return report;
}

std::vector<StepReport> Plan::report(bool skipped) const {
    const Schedule& s = parts_->schedule;
    std::vector<StepReport> reports;
    // A kernel that does another op's work makes what that op would have made: conv1_1 that ends in its ReLU makes
    // relu1_1.
    std::vector<std::string> names(s.steps.size());
    for (std::size_t i = 0; i < s.steps.size(); ++i) {
        if (s.steps[i].out.empty()) continue;
        const std::string& name = parts_->names[static_cast<std::size_t>(s.steps[i].out[0])];
        const int made_by = s.steps[i].made_by;
        if (!name.empty()) names[made_by < 0 ? i : static_cast<std::size_t>(made_by)] = name;
    }
    std::size_t launch = 0;
    for (std::size_t i = 0; i < s.steps.size(); ++i) {
        const PlannedStep& step = s.steps[i];
        const bool runs = step.runs;
        if (!runs && !skipped) continue;
        StepReport r{
            .op = step.op->name, .kernel = runs ? step.kernel->name : "", .name = {}, .how = describe(s, step)};
        if (!step.out.empty()) {
            r.out = s.value(step.out[0]).spec;
            r.name = names[i];
        }
        r.declined = step.declined;
        if (runs && step.op->cost) r.cost = step.op->cost(step.problem);
        r.scratch_bytes = step.scratch_bytes;
        if (runs) r.seconds = parts_->median_seconds(launch++);
        reports.push_back(std::move(r));
    }
    return reports;
}

void Plan::profile(bool on) { parts_->profiling = on; }

const std::deque<TimedRun>& Plan::timed_runs() const { return parts_->timed; }

std::map<const void*, std::size_t> Plan::packed_forms() const {
    std::map<const void*, std::size_t> forms;
    for (const Launch& l : parts_->launches)
        if (l.packed) forms[l.packed.get()] = l.packed->bytes;
    return forms;
}

const Schedule& Plan::schedule() const { return parts_->schedule; }

Tensor value(Var v, PlanOptions options) {
    Plan plan(*v.graph, {v}, std::move(options));
    plan.run();
    return plan.read(v);
}

}  // namespace gradus
