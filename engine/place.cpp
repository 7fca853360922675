#include <algorithm>

#include "engine/schedule.h"

namespace gradus {

Place place_of(const Schedule& schedule, int index) {
    const PlannedValue& value = schedule.value(index);
    const std::int64_t pixels = value.spec.shape.pixels(), channels = value.spec.shape.channels();
    if (value.link == Link::none) return {index, 0, value.spec.pixel_stride, 0, channels, pixels, channels};
    Place place = place_of(schedule, value.parent);
    place.pixels = pixels;
    place.channels = channels;
    place.offset += value.offset;
    if (value.link == Link::channel && !place.flat) {
        place.first_channel += value.offset;
        place.last_channel = place.first_channel + channels;
    } else if (value.link == Link::flat) {
        place.pixel_stride = channels;
        place.flat = true;
    }
    return place;
}

bool unread(const Schedule& schedule, int index) {
    const PlannedValue& value = schedule.value(index);
    return !value.output && value.readers.empty() && value.link == Link::none && !value.is_leaf() &&
           schedule.step(value.maker).out[0] != index;
}

namespace {

bool overlap(const Place& a, const Place& b) {
    return a.root == b.root && a.first_channel < b.last_channel && b.first_channel < a.last_channel;
}

bool same_region(const Place& a, const Place& b) {
    return a.root == b.root && a.offset == b.offset && a.pixel_stride == b.pixel_stride && a.pixels == b.pixels &&
           a.channels == b.channels;
}

bool is_view(const Schedule& s, const PlannedStep& step) {
    return !step.runs && step.made_by < 0 && s.value(step.out[0]).link != Link::none;
}

/// When the value's memory holds what it should: after this step.
int ready(const Schedule& s, int value) {
    const PlannedValue& v = s.value(value);
    if (v.is_leaf()) return -1;
    const PlannedStep& maker = s.step(v.maker);
    if (is_view(s, maker)) return ready(s, v.parent);
    return maker.runs ? v.maker : maker.made_by;
}

/// The steps that need the value's memory to be whole, in order; for_ever for an output.
std::vector<int> reads(const Schedule& s, int value) {
    std::vector<int> steps;
    for (const int reader : s.value(value).readers)
        if (s.step(reader).runs) steps.push_back(reader);
    for (int i = 0; i < static_cast<int>(s.steps.size()); ++i)
        if (s.step(i).runs && (s.step(i).mask == value || s.step(i).onto == value)) steps.push_back(i);
    if (s.value(value).output) steps.push_back(for_ever);
    return steps;
}

struct WriteEvent {
    int step = 0;
    int value = 0;
    Place place = {};
};

/// What a running step writes. A concatenation writes only those inputs that were not put in place by their own maker.
void add_writes(const Schedule& s, int index, std::vector<WriteEvent>& events) {
    const PlannedStep& step = s.step(index);
    if (!step.runs) return;
    for (const int out : step.out) {
        const Place place = place_of(s, out);
        if (step.op->kind != OpKind::concat) {
            events.push_back({index, out, place});
            continue;
        }
        std::int64_t channel = 0;
        for (const int in : step.in) {
            const std::int64_t channels = s.value(in).spec.shape.channels();
            Place part = place;
            part.offset += channel;
            part.first_channel += channel;
            part.last_channel = part.first_channel + channels;
            part.channels = channels;
            if (!same_region(part, place_of(s, in))) events.push_back({index, out, part});
            channel += channels;
        }
    }
}

/// Whether a step may write over an input.
bool in_place(const PlannedStep& step, std::size_t slot) {
    const auto named = [&](const std::vector<int>& slots) {
        return std::find(slots.begin(), slots.end(), static_cast<int>(slot)) != slots.end();
    };
    return named(step.op->in_place) || (step.kernel != nullptr && named(step.kernel->in_place));
}

/// Whether step `index` may read `value` and write over it at once: only through inputs that it works on in place.
bool reads_in_place(const Schedule& s, int index, int value) {
    const PlannedStep& step = s.step(index);
    if (step.mask == value) return false;
    if (step.onto == value) return true;
    bool found = false;
    for (std::size_t slot = 0; slot < step.in.size(); ++slot) {
        if (step.in[slot] != value) continue;
        found = true;
        if (!in_place(step, slot)) return false;
    }
    return found;
}

class Placer {
public:
    explicit Placer(Schedule& schedule) : s_(schedule) {}

    void run() {
        for (const PlannedStep& step : s_.steps)
            if (step.op->kind == OpKind::assign) write_into_states(step);
        fold_sums();
        fuse();
        for (int i = 0; i < steps(); ++i) make_view(i);
        for (int i = 0; i < steps(); ++i) gather_concat(i);
        for (int i = 0; i < steps(); ++i) work_in_place(i);
        for (int v = 0; v < static_cast<int>(s_.values.size()); ++v)
            if (s_.value(v).link != Link::none) s_.value(v).spec.pixel_stride = place_of(s_, v).pixel_stride;
    }

private:
    int steps() const { return static_cast<int>(s_.steps.size()); }

    /// Values whose memory is that of `root`.
    std::vector<int> group(int root) const {
        std::vector<int> members;
        for (int v = 0; v < static_cast<int>(s_.values.size()); ++v)
            if (place_of(s_, v).root == root) members.push_back(v);
        return members;
    }

    /// Whether every value in the root's memory is intact whenever it is read.
    bool intact(int root) const {
        const std::vector<int> members = group(root);
        std::vector<WriteEvent> writes;
        for (const int v : members)
            if (!s_.value(v).is_leaf()) add_writes_once(s_.value(v).maker, writes);
        if (s_.value(root).is_leaf() && !writes.empty()) return false;
        for (const int v : members) {
            const Place place = place_of(s_, v);
            const int from = ready(s_, v);
            for (const int read : reads(s_, v))
                for (const WriteEvent& w : writes) {
                    if (!overlap(place, w.place) || w.step <= from || w.step > read) continue;
                    if (w.step < read || !same_region(place, w.place) || !reads_in_place(s_, w.step, v)) return false;
                }
        }
        return true;
    }

    void add_writes_once(int step, std::vector<WriteEvent>& writes) const {
        for (const WriteEvent& w : writes)
            if (w.step == step) return;
        add_writes(s_, step, writes);
    }

    /// Whether every value in the root's memory could live with gaps between its pixels.
    bool may_be_strided(int root) const {
        for (const int v : group(root)) {
            const PlannedValue& value = s_.value(v);
            if (value.link == Link::flat || value.is_leaf()) return false;
            if (s_.step(value.maker).runs && !s_.step(value.maker).kernel->strided) return false;
            for (const int reader : value.readers)
                if (s_.step(reader).runs && !s_.step(reader).kernel->strided) return false;
        }
        return true;
    }

    /// Puts a value that has memory of its own into another's, unless something would be overwritten.
    bool link(int value, int parent, Link how, std::int64_t offset) {
        PlannedValue& v = s_.value(value);
        if (v.link != Link::none || v.is_leaf() || place_of(s_, parent).root == value) return false;
        v.link = how;
        v.parent = parent;
        v.offset = offset;
        if (intact(place_of(s_, parent).root)) return true;
        unlink(value);
        return false;
    }
    void unlink(int value) {
        PlannedValue& v = s_.value(value);
        v.link = Link::none;
        v.parent = -1;
        v.offset = 0;
    }

    /// The running step whose kernel writes this value last, or -1.
    int last_writer(int value) const {
        const PlannedValue& v = s_.value(value);
        if (v.is_leaf()) return -1;
        return s_.step(v.maker).runs ? v.maker : s_.step(v.maker).made_by;
    }

    bool read_once(int value) const { return s_.value(value).readers.size() == 1 && !s_.value(value).output; }

    /// The results of an assign are the states themselves. From then on no value may be a view of such a state: read
    /// after the run, or by a later assign, it would show what was written.
    void write_into_states(const PlannedStep& assign) {
        for (std::size_t i = 0; i < assign.out.size(); ++i) {
            PlannedValue& out = s_.value(assign.out[i]);
            out.link = Link::same;
            out.parent = assign.in[i];
        }
    }

    /// add(a, k(...)) becomes k writing on top of a.
    void fold_sums() {
        for (int i = 0; i < steps(); ++i) {
            PlannedStep& sum = s_.step(i);
            if (sum.op->kind != OpKind::add || sum.in[0] == sum.in[1]) continue;
            int early = sum.in[0], late = sum.in[1];
            if (last_writer(early) > last_writer(late)) std::swap(early, late);
            const int maker = last_writer(late);
            if (maker < 0 || !read_once(late) || !read_once(early) || s_.value(early).is_leaf()) continue;
            PlannedStep& kernel = s_.step(maker);
            // Only a kernel that wrote this very value, and nothing on top of another yet.
            if (kernel.onto >= 0 || kernel.out.size() != 1 || kernel.out[0] != late || !kernel.kernel->accumulates)
                continue;
            kernel.onto = early;
            sum.runs = false;
            sum.made_by = maker;
            if (link(late, early, Link::same, 0)) {
                if (link(sum.out[0], late, Link::same, 0)) continue;
                unlink(late);
            }
            kernel.onto = -1;
            sum.runs = true;
            sum.made_by = -1;
        }
    }

    /// relu(conv(...)) becomes a convolution that ends in a ReLU; a masked gradient, one that ends in the mask.
    void fuse() {
        for (int i = 0; i < steps(); ++i) {
            PlannedStep& step = s_.step(i);
            if (step.op->fusion == Fusion::none) continue;
            const int from = step.in[static_cast<std::size_t>(step.op->fused_input)];
            const int maker = last_writer(from);
            if (maker < 0 || !read_once(from)) continue;
            PlannedStep& kernel = s_.step(maker);
            if (!has(kernel.kernel->fuses, step.op->fusion) || has(kernel.problem.fused, step.op->fusion)) continue;
            if (!(s_.value(from).spec == s_.value(step.out[0]).spec)) continue;
            const Fusion before = kernel.problem.fused;
            if (step.op->fusion == Fusion::relu_mask) {
                // One mask, and only after everything else; what masks must be there when the kernel runs.
                const int mask = step.in[static_cast<std::size_t>(1 - step.op->fused_input)];
                if (kernel.mask >= 0 || ready(s_, mask) >= maker) continue;
                kernel.mask = mask;
            } else if (before != Fusion::none) {
                continue;
            }
            kernel.problem.fused = before | step.op->fusion;
            step.runs = false;
            step.made_by = maker;
            if (link(step.out[0], from, Link::same, 0)) continue;
            kernel.problem.fused = before;
            if (step.op->fusion == Fusion::relu_mask) kernel.mask = -1;
            step.runs = true;
            step.made_by = -1;
        }
    }

    void make_view(int i) {
        PlannedStep& step = s_.step(i);
        const bool channels = step.op->kind == OpKind::channel_slice;
        if (!channels && step.op->kind != OpKind::flat_view) return;
        const int out = step.out[0];
        // All channels of a dense value are dense too.
        if (channels ? !may_be_strided(out) && !(whole(step) && dense(step.in[0])) : !dense(step.in[0])) return;
        step.runs = false;
        if (!link(out, step.in[0], channels ? Link::channel : Link::flat, step.op->view_offset(step.problem)))
            step.runs = true;
    }
    bool whole(const PlannedStep& slice) const {
        return slice.problem.in[0].shape.channels() == slice.problem.out[0].shape.channels();
    }
    bool dense(int value) const { return place_of(s_, value).pixel_stride == s_.value(value).spec.shape.channels(); }

    void gather_concat(int i) {
        PlannedStep& step = s_.step(i);
        if (step.op->kind != OpKind::concat) return;
        std::int64_t channel = 0;
        for (const int in : step.in) {
            const int root = place_of(s_, in).root;
            // The input, or what it was made from in place.
            if (same_region(place_of(s_, in), place_of(s_, root)) && may_be_strided(root))
                link(root, step.out[0], Link::channel, channel);
            channel += s_.value(in).spec.shape.channels();
        }
    }

    void work_in_place(int i) {
        PlannedStep& step = s_.step(i);
        if (!step.runs || step.out.empty()) return;
        const int out = step.out[0];
        for (std::size_t slot = 0; slot < step.in.size(); ++slot) {
            if (!in_place(step, slot)) continue;
            const int in = step.in[slot];
            const Spec &a = s_.value(in).spec, &b = s_.value(out).spec;
            if (!(a.shape == b.shape) || a.dtype != b.dtype || s_.value(in).is_leaf()) continue;
            if (s_.value(out).link == Link::none) {
                if ((dense(in) || may_be_strided(out)) && link(out, in, Link::same, 0)) return;
            } else if (s_.value(in).link == Link::none && may_be_strided(in)) {
                if (link(in, out, Link::same, 0)) return;
            }
        }
    }

    Schedule& s_;
};

}  // namespace

void place(Schedule& schedule) { Placer(schedule).run(); }

Lifetime lifetime(const Schedule& schedule, int root) {
    Lifetime life;
    std::vector<WriteEvent> writes;
    for (int v = 0; v < static_cast<int>(schedule.values.size()); ++v) {
        if (place_of(schedule, v).root != root || unread(schedule, v)) continue;
        if (!schedule.value(v).is_leaf()) add_writes(schedule, schedule.value(v).maker, writes);
        for (const int read : reads(schedule, v)) life.to = std::max(life.to, read);
    }
    for (const WriteEvent& w : writes) {
        life.from = std::min(life.from, w.step);
        life.to = std::max(life.to, w.step);
    }
    return life;
}

}  // namespace gradus
