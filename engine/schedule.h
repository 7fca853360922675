#pragma once
// What the planner works on: the live part of a graph, as lists of steps and values that refer to each other by index.
// Plan makes one, lets `choose`, `place` and `lay_out` fill it in, and runs it.
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/graph.h"
#include "engine/plan.h"

namespace gradus {

/// How a value's memory relates to that of the value it is placed in.
enum class Link {
    none,     // it has memory of its own
    same,     // all of it, element by element: work in place, folded sums, fused ops
    channel,  // some channels of it: a slice, or a part of a concatenation
    flat,     // contiguous elements of it: a reshape
};

struct PlannedValue {
    Spec spec = {};  // pixel_stride is final after `place`
    int id = -1;     // in the graph
    Tensor leaf = {};
    bool output = false;
    int maker = -1;                 // the step that makes it; -1: a leaf
    std::vector<int> readers = {};  // steps, in order
    Link link = Link::none;
    int parent = -1;          // the value it is placed in
    std::int64_t offset = 0;  // where: in channels or elements of the parent
    std::size_t address = 0;  // bytes from the start of the arena; for values without parent, after `lay_out`

    bool is_leaf() const { return maker < 0; }
};

struct PlannedStep {
    const Op* op = nullptr;
    std::shared_ptr<const std::any> attrs = {};
    std::vector<int> in = {}, out = {};  // values
    Problem problem = {};
    const Candidate* kernel = nullptr;
    std::vector<std::string> declined = {};  // "cpu.winograd: the stride is 2", better candidates first
    bool runs = true;                        // false: folded, fused or a view
    int onto = -1;                           // the value it writes on top of: Write::accumulate
    int mask = -1;                           // the value that masks its result
    int made_by = -1;                        // where it does not run: the step that does its work; -1 for views
    std::shared_ptr<void> state = {};
    std::size_t scratch_bytes = 0;
    std::size_t scratch_address = 0;
};

struct Schedule {
    std::vector<PlannedStep> steps;
    std::vector<PlannedValue> values;
    std::size_t arena_bytes = 0;

    PlannedStep& step(int i) { return steps[static_cast<std::size_t>(i)]; }
    const PlannedStep& step(int i) const { return steps[static_cast<std::size_t>(i)]; }
    PlannedValue& value(int i) { return values[static_cast<std::size_t>(i)]; }
    const PlannedValue& value(int i) const { return values[static_cast<std::size_t>(i)]; }
};

/// Where a value lies: which value owns the memory, and which part of it this one covers.
struct Place {
    int root = -1;
    std::int64_t offset = 0;                           // elements from the start of the root
    std::int64_t pixel_stride = 0;                     // elements
    std::int64_t first_channel = 0, last_channel = 0;  // of the root; all of them where that can't be told apart
    std::int64_t pixels = 0, channels = 0;             // of the value
    bool flat = false;                                 // its channels are not the root's
};
Place place_of(const Schedule& schedule, int value);

/// Whether the value is a second output that nobody reads (the indices of a pooling without its gradient): it has no
/// memory, and the kernel is given a null pointer.
bool unread(const Schedule& schedule, int value);

/// When the values that share one root's memory are written and read, in steps; never, where none has memory.
struct Lifetime {
    int from = std::numeric_limits<int>::max(), to = -1;
};
constexpr int for_ever = std::numeric_limits<int>::max();

/// Keeps what `outputs` need of the graph; assigns come last.
Schedule live_part(const Graph& graph, const std::vector<Var>& outputs);

/// Chooses each step's kernel: the first candidate that is on the device, passes the filter and takes the problem.
/// Where filters may not take as much room as they want, `extra` is how much more than their plain forms those may take
/// that are larger than the values they are for.
void choose(Schedule& schedule, const PlanOptions& options, std::size_t extra = 0);

/// How much room the filters of all steps take: packed, where a kernel wants them so that they become larger.
std::size_t filter_bytes(const Schedule& schedule);

/// Folds sums, fuses epilogues, makes slices and reshapes views, lets branches write into their concatenation, and
/// works in place; each only where no value that is still needed would be overwritten.
void place(Schedule& schedule);

/// Gives every root, and every step's scratch, an address such that no two that live at the same time overlap.
void lay_out(Schedule& schedule);

/// The first step that writes into the root's memory, and the last that reads it.
Lifetime lifetime(const Schedule& schedule, int root);

}  // namespace gradus
