#pragma once
#include <any>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/device.h"
#include "engine/spec.h"
#include "engine/var.h"

namespace gradus {

/// What a kernel can do to its result in passing, so that the op that asked for it needs no pass of its own.
enum class Fusion : unsigned { none = 0, relu = 1, relu_mask = 2, relu_and_mask = 3 };
constexpr bool has(Fusion set, Fusion one) { return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0; }
constexpr Fusion operator|(Fusion a, Fusion b) {
    return static_cast<Fusion>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// Everything known about a call before it runs: enough to choose a kernel and to count its work.
struct Problem {
    std::vector<Spec> in = {};
    std::vector<Spec> out = {};
    const std::any* attrs = nullptr;
    Fusion fused = Fusion::none;     // what the planner decided that the kernel does besides
    Write write = Write::overwrite;  // and whether it adds to what is there
    int threads = 1;
    Device* device = nullptr;  // where it will run
    bool tf32 = false;         // products of f32 may round their factors to 10 bits of mantissa

    template <class A>
    const A& as() const {
        return std::any_cast<const A&>(*attrs);
    }
};

struct View {
    void* data = nullptr;
    Spec spec = {};
};

/// One call at run time: what a kernel is launched with. Where the candidate packs an input, that input's `data` is
/// what it packed.
struct Call {
    const Problem& problem;
    std::span<const View> in;
    std::span<const View> out;
    Write write = Write::overwrite;
    View mask = {};                // with Fusion::relu_mask: the result is 0 where this is not positive
    std::byte* scratch = nullptr;  // as many bytes as the candidate asked for
    void* state = nullptr;         // what the candidate's `make` returned
    Stream stream = {};
};

struct Cost {
    double flops = 0, bytes = 0;
};

/// A form of one input (filters, usually) that a kernel wants instead of the input itself. It is made once and kept for
/// as long as the values stay the same, shared by all plans, where the input is a leaf of the graph; else made again
/// each run.
struct Packing {
    std::size_t input = 0;
    /// Equal keys mean the same bytes for the same values.
    std::function<std::string(const Problem&, void* state)> key;
    std::function<std::size_t(const Problem&, void* state)> bytes;
    std::function<void(const Problem&, void* state, const void* from, void* to, Stream)> run;
};

/// One kernel that may serve an op.
struct Candidate {
    std::string name;  // "cpu.winograd": provider, then idea
    DeviceKind on = DeviceKind::cpu;
    std::function<void(const Call&)> run;
    /// Why it will not take this problem; empty: it will.
    std::function<std::string(const Problem&)> declines = {};
    bool accumulates = false;        // honors Write::accumulate
    bool strided = true;             // takes and writes channel slices of wider tensors
    Fusion fuses = Fusion::none;     // what it can do to its result in passing
    std::vector<int> in_place = {};  // inputs besides the op's own whose memory the output may take
    std::function<std::size_t(const Problem&, void* state)> scratch = {};
    std::optional<Packing> packing = {};
    bool roomy = false;  // what it packs takes several times the room of what it was; its bytes need no state
    std::function<std::shared_ptr<void>(const Problem&)> make = {};
};

/// What a gradient rule is given. It returns one gradient per input; nothing where !wanted[i] or where none flows.
struct VjpArgs {
    std::span<const Var> in;
    std::span<const Var> out;
    std::span<const std::optional<Var>> d_out;  // nothing where an output does not lead to the loss
    std::span<const char> wanted;
    const std::any& attrs;

    /// The gradient of the only output.
    Var dy() const { return *d_out[0]; }
    Var y() const { return out[0]; }
    template <class A>
    const A& as() const {
        return std::any_cast<const A&>(attrs);
    }
};
using Gradients = std::vector<std::optional<Var>>;

/// What the planner may do with an op besides running its kernel.
enum class OpKind {
    compute,        // run the kernel
    add,            // fold one term's kernel into writing on top of the other
    concat,         // let the inputs be written where their channels go
    channel_slice,  // a view of some channels of the input, from the channel that `view_offset` tells
    flat_view,      // a view of some contiguous elements of the input, from the element that `view_offset` tells
    assign,         // write the state leaves in[0], in[1], ..., one per output, after everything else
};

/// One operation as data.
struct Op {
    std::string name;
    /// Checks the inputs and says what comes out. Throws Error in words of the caller.
    std::function<std::vector<Spec>(const Problem&)> infer;
    std::vector<Candidate> candidates = {};  // best first
    std::function<Cost(const Problem&)> cost = {};
    std::function<Gradients(const VjpArgs&)> vjp = {};  // empty: no gradient flows through
    OpKind kind = OpKind::compute;
    std::function<std::int64_t(const Problem&)> view_offset = {};
    std::vector<int> in_place = {};  // inputs of the same size whose memory the output may take, elementwise
    /// This op is what Fusion says, done to the kernel that makes in[fused_input].
    Fusion fusion = Fusion::none;
    int fused_input = 0;
};

}  // namespace gradus
